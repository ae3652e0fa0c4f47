"""Payments abroad: payees, quota, papers, screening, the desk, and the way out through a correspondent bank.

ibans | countries | purposes | fees | quota | states (pure) -> figures -> models -> queries -> services -> views |
admin.
This room stands above payments, clearing (message form, gateway) and exchange (rates and quotes); they know nothing of
it. docs/crossborder.md tells the life of a payment and where its money is at every moment.
"""
