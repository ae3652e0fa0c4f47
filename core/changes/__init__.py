"""An act that takes two people, as data: somebody asks, somebody else decides on the desk, the portal carries it out.

    from core.changes import services as changes
    change = changes.ask(kind="policy.figure", payload={...}, reason="...", asked_by=user, now=now)

What is promised:

- A kind of act is a class (core.changes.kinds.Kind) on the wiring board, `settings.CHANGE_KINDS`; who may ask and who
  decides stand there too. Nothing else in the portal writes what such a class writes.
- The change is kept as it was asked for. Payload, reason and asker are never edited: the application's role lacks the
  right, and a trigger refuses everybody. A change that is over stays as it is.
- It is decided on the review desk alone, by other people than the one who asked, as many as the kind says for this
  payload. Two accounts of one person count as one person (core.reviews.doors).
- The kind looks at the payload when it is asked for, when somebody approves, and once more when it is carried out. What
  no longer holds at that moment ends as "failed", with a sentence, and has changed nothing.
- It is carried out once, in the transaction that marks it so. The database itself refuses that mark without a closed
  case on the desk and enough approvals by others.
- One change of a kind may wait for one thing; a second is refused. After `changes.expires_days` nobody can approve it.
"""
