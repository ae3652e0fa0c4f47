"""Messages to a customer: the bell, the page, and a copy by e-mail.

    from accounts import inbox
    inbox.send(user=user, event="payments.received", key=f"transfer:{transfer.public_id}:received",
               text=lambda: (_("Money received"), _("…") % {...}), link=reverse("receipt", args=[...]), now=now)

`text` is called once per language of the portal and answers (title, body), so a message reads in whichever language its
reader has chosen today. `key` is unique per person: sending again under the same key changes nothing, so a handler may
be called any number of times. The copy by e-mail leaves through the outbox after the commit.
"""

from accounts.inbox.services import mark_all_read, mark_read, send, wish_mail

__all__ = ["mark_all_read", "mark_read", "send", "wish_mail"]
