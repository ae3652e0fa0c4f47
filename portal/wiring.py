"""The wiring board: which facts reach which handlers, which subjects come to the review desk, what the menu shows.

A reader learns here how the floors are connected. Nothing is decided here.
"""

# kind of fact -> dotted paths of its handlers. A handler takes the fact (core.outbox.Fact), may be called more
# than once for the same fact and must then change nothing. See core/outbox/__init__.py for the guarantees.
OUTBOX_ROUTES: dict[str, tuple[str, ...]] = {
    "inbox.mail": ("accounts.inbox.handlers.mail_copy",),  # a message waits for its copy by e-mail
}

# subject name on the review desk -> dotted path of the class that presents and settles it (core.reviews.Subject).
REVIEW_SUBJECTS: dict[str, str] = {}
