"""The mail that brings a new colleague in.

What is promised: it is handed to the mail server at least once; when a worker dies in between, a second mail carries a
link of its own and the first one's is dead. The server is called without an open transaction.
"""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.staff import services
from accounts.staff.models import Invitation
from core.outbox import Fact, outside_transaction
from core.ui import formats


@outside_transaction(at_most=timedelta(minutes=1))
def mail_invitation(fact: Fact) -> None:
    """This handler will mail an invitation with a link made for this very mail, unless it is over."""
    invitation = Invitation.objects.select_related("user").get(pk=fact.payload["invitation"])
    token = services.new_token(invitation_id=invitation.pk, now=fact.now)
    if token is not None:
        letter(invitation, token).send()


def letter(invitation: Invitation, token: str) -> EmailMessage:
    """This function will write the mail in the language of the new colleague's account."""
    user = invitation.user
    bank = settings.BRAND["name"].get(user.language) or settings.BRAND["name"]["en"]
    with translation.override(user.language):
        until = formats.moment(timezone.localtime(invitation.expires_at), user.language)
        title = _("Your account for working at %(bank)s") % {"bank": bank}
        lines = [
            _("%(name)s, a colleague has prepared your account.") % {"name": user.full_name},
            _("Open this link, choose a password and set up a second step. It works once, until %(until)s:")
            % {"until": until},
            f"{settings.STAFF_URL}{reverse('staff_welcome', args=[token])}",
            _("If you were not expecting this, do not open the link and tell your manager."),
            bank,
        ]
    return EmailMessage(
        subject=f"{bank} | {title}",
        body="\n\n".join(lines) + "\n",
        to=[user.email or ""],
        headers={"Auto-Submitted": "auto-generated"},
    )
