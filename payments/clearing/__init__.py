"""Payments to other banks: out through a clearing gateway, back as statuses, returns and statements.

states -> paths -> messages (ISO 20022) -> signing -> gateway -> models -> queries -> services -> views | tasks | admin.
This room stands above the rest of payments: it reads payments' limits, names and references; payments knows nothing
of it. docs/clearing.md tells the life of a payment and of a file.
"""
