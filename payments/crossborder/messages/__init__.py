"""The message in which a payment leaves."""
