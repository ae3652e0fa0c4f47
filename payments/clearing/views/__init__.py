"""The customer's pages: fill in, check, confirm; then the payment's own page with its live state."""
