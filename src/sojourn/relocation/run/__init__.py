"""Carries a site through reading, planning, auditing and writing; all of it or nothing."""
