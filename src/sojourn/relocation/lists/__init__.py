"""What is printed of a plan: manifests, the report to sign, shares by group."""
