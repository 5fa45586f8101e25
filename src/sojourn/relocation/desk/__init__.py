"""The desk page: one offline server on this machine, four roles, each of whom sees what it needs."""
