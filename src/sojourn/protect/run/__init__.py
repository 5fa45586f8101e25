"""From a file to a safe folder, or to a refusal."""
