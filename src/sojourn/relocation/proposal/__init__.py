"""What a planner proposes: who may go where, when, with whom; written and read back."""
