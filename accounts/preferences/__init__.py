"""What a person likes: language, look, quick functions, and how they want to be told of what.

    from accounts import preferences
    preferences.channels(user=user, event="payments.received")     # {"inbox", "email"}

What is promised:

- Choices are kept by `accounts.preferences.services` (settings.KEEP_PREFERENCE), each change with its audit row.
- One row for each person, made when they first choose something; until then everything has its plain value.
- Every event reaches the inbox. What concerns security (`security.…`) takes every channel, whatever was chosen.
- An event that no room has declared on the wiring board takes the channels chosen for everything else.
- The frame of a page asks for nothing of this separately: `accounts.inbox.queries.reader` reads it with the bell.
"""

from accounts.preferences.queries import channels

__all__ = ["channels"]
