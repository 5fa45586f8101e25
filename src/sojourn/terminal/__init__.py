"""What every command shares: options, progress, printing."""
