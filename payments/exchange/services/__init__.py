"""Writes: taking rates in, exchanging between own accounts, valuing the position."""
