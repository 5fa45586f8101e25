"""Tables as printed in, observations out; every decision lives here, as data."""
