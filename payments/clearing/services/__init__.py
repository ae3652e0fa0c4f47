"""What changes something: promises and confirmations, sending, taking in, settling, reconciling, repairing."""
