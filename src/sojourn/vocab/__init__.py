"""Words that every room uses: areas, periods, units, statuses, observations."""
