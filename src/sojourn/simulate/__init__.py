"""Health scenarios: what leaving mobile people out does to the targets."""
