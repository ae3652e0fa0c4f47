"""Messages to a customer: the bell, the page, and copies by e-mail and text message.

    from accounts import inbox
    inbox.send(user=user, event="payments.received", key=f"transfer:{transfer.public_id}:received",
               text=lambda: (_("Money received"), _("…") % {...}), link=reverse("receipt", args=[...]), now=now)

`text` is called once per language of the portal and answers (title, body), so a message reads in whichever language its
reader has chosen today. `key` is unique per person: sending again under the same key changes nothing, so a handler may
be called any number of times. Copies leave through the outbox after the commit, by the ways the person prefers for
this event (accounts.preferences); every message is in the inbox, and one about security takes every way there is.
"""

from accounts.inbox.services import mark_all_read, mark_read, send

__all__ = ["mark_all_read", "mark_read", "send"]
