"""Who moved where: bilateral flows estimated from stocks."""
