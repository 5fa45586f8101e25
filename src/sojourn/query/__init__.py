"""What a store is asked: observations, editions, changes, disagreements, contradictions."""
