"""What changes a payment abroad: payees, drafts, papers, the confirmation, screening, the desk, sending."""
