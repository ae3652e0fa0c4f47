"""The copy by e-mail.

What is promised: the copy of a message is handed to the mail server at least once, and twice only when the worker dies
in the moment between the server's answer and our mark. Both copies then carry the same Message-ID, by which mail
programs show one. The server is called without an open transaction.
"""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import preferences
from accounts.inbox.models import Notice
from accounts.preferences.events import EMAIL, SECURITY_EVENTS
from core.outbox import Fact, outside_transaction

# A letter leads nowhere by itself, so that nobody learns to follow links in mails; but whoever is being robbed may not
# be able to sign in any more.
CARRY_THEIR_LINK = frozenset({"security.new_device"})


@outside_transaction(at_most=timedelta(minutes=1))
def mail_copy(fact: Fact) -> None:
    """This handler will mail a message to its reader, unless it was mailed before or is not wished."""
    notice = Notice.objects.select_related("user").get(id=fact.payload["notice"])
    user = notice.user
    may_hear = user.is_active or notice.event.startswith(SECURITY_EVENTS)  # somebody whose access was just locked too
    if notice.mailed_at or not may_hear or not user.email:
        return
    if EMAIL not in preferences.channels(user=user, event=notice.event):  # they may have changed their mind meanwhile
        return
    Notice.objects.filter(id=notice.id).update(mail_started_at=timezone.now())
    letter(notice).send()
    Notice.objects.filter(id=notice.id).update(mailed_at=timezone.now())


def letter(notice: Notice) -> EmailMessage:
    """This function will write the e-mail in its reader's language."""
    user = notice.user
    bank = settings.BRAND["name"].get(user.language) or settings.BRAND["name"]["en"]
    with translation.override(user.language):
        title, body = notice.text(user.language)
        closing = _("You can read this and earlier messages under “Messages” after signing in.")
        if notice.event in CARRY_THEIR_LINK:
            closing = _("If it was not you, lock your access here: %(link)s") % {
                "link": settings.PUBLIC_URL + notice.link
            }
        warning = _("We never ask for your password or a code by e-mail or telephone.")
    text = "\n\n".join([body, closing, warning, bank]) + "\n"
    return EmailMessage(
        subject=f"{bank} | {' '.join(title.split())}",
        body=text,
        to=[user.email] if user.email else [],
        headers={"Message-ID": message_id(notice), "Auto-Submitted": "auto-generated"},
    )


def message_id(notice: Notice) -> str:
    """This function will make the Message-ID that every copy of one message carries; it tells a stranger nothing."""
    mark = hmac.new(settings.SECRET_KEY.encode(), f"inbox:{notice.public_id}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"<{mark}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('>')}>"
