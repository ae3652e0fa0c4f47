"""Where sessions lie: the database, as Django keeps them. settings.SESSION_ENGINE names this module."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    """Django's own, except that a database that went away is not taken for a session that somebody has ended."""

    def save(self, must_create: bool = False) -> None:
        """This method will write the session. Raises UpdateError when it was ended meanwhile; OperationalError."""
        try:
            super().save(must_create)
        except UpdateError as lost:
            if isinstance(lost.__context__, OperationalError):
                raise lost.__context__ from None
            raise
