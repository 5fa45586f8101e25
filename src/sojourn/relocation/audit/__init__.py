"""The independent auditor: it knows no planner."""
