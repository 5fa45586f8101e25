"""Numbers nobody measures, estimated from those that somebody did."""
