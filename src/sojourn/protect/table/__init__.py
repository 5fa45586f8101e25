"""The table to be protected: its cells, hierarchies, equations and the policy over it."""
