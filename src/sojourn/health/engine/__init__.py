"""What both diseases share: parameters, programmes, draws, outcomes."""
