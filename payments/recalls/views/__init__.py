"""The pages of recalls and disputes."""
