"""The customer's pages: payees abroad, the payment, its documents, and where it stands."""
