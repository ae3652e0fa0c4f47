"""Asking for money back, and saying that a movement is not right.

states | reasons | words (pure) -> figures -> models -> queries -> services -> views | handlers | steps.
This room stands above the rest of payments and above clearing; they know nothing of it. docs/recalls.md tells the life
of a recall and of a dispute.
"""
