"""Publishers' files into the store: downloaded, recognised, read, checked, committed."""
