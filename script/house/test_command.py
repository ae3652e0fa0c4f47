"""script/test."""
