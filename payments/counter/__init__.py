"""The teller's counter: cash over the desk, and what customers have moved there, inside the back office.

- A branch has a vault, and a till for each desk; both are accounts of the books. Cash goes vault -> till -> customer.
- A till is one colleague's at a time (`TillDay`): opened with a counted float from the vault, closed by a count. Nobody
  touches money with a till that is not open. Between vault and till two people act: who has the till and who keeps the
  vault.
- A customer is found by a whole number, never in a list, and stands at the counter for a while (`Visit`), with the
  identity document sighted. What is done for them then is an `Operation`: checked, confirmed once, above the figures
  `counter.alone_most.*` approved by a second person (core.changes), undone on the same day by its mirror.
- The limits that customers agree on for the online channel are not asked here: they are of that channel. The rules of
  account classes, expired documents, holds and floors count as everywhere.
"""
