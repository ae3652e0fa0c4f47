"""The audit trail: who did what to what, when, from where and why, in the transaction of the act itself.

    from core import audit
    audit.record(act="identity.approved", subject=verification, actor=request.user,
                 before={"standing": "new"}, after={"standing": "verified"}, reason="documents agree", now=now)

What is promised:

- The row stands exactly when the act stands: `record` refuses to write outside an open transaction.
- Rows are never changed or deleted: the application's role may only SELECT and INSERT, and a trigger refuses the rest
  to everybody.
- Within seconds a worker seals the row into a chain of HMACs; `manage.py check_audit` finds a row that was changed,
  removed, inserted or reordered, and, with the anchors outside the database, a tail that was cut off.
- `before` and `after` are what a reader needs to follow the act. Secrets, codes and document numbers stay out.
"""

from core.audit.services import Act, NotInTransaction, record, record_many

__all__ = ["Act", "NotInTransaction", "record", "record_many"]
