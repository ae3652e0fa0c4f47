"""Pages of payments, by journey: transfers, payees, receipts."""
