"""What changes payees and moves money. Call as `transfers.confirm(...)`, `payees.add(...)`."""
