"""Pages: fill in, check, receipt."""
