"""Pages: agreeing (fill in, check, change), keeping (what is coming, one order, the payer's acts)."""
