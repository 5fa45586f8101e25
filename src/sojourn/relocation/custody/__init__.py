"""Who is where, event by event."""
