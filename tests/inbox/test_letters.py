"""A letter carries the headers it should, whatever stands in a name or a title (ASVS 1.3.11)."""

from datetime import datetime

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from accounts import inbox
from accounts.models import User
from core.outbox import relay

BROKEN = [
    "\r\nBcc: thief@example.com",
    "\nSubject: other",
    "\r\r\n\r\n<b>body</b>",
    "\x0bCc: x@example.com",
    "\u2028To: y",
]
EXPECTED = {
    "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID",
    "Auto-Submitted", "Content-Language",
}  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_title_with_line_breaks_stays_one_subject_and_adds_no_header(broken: str, now: datetime) -> None:
    reader = User.objects.create_user("li@customers.example", "x", language="en")
    inbox.send(user=reader, event="security.test", key="k", text=lambda: (f"Rent{broken}", f"Paid by{broken}"), now=now)
    relay.drain(now=now)
    (letter,) = mail.outbox
    assert isinstance(letter, EmailMessage)
    message = letter.message()
    assert set(message.keys()) <= EXPECTED
    assert len(message.keys()) == len(set(message.keys()))
    assert message["To"] == "li@customers.example"
    assert len(str(message["Subject"]).splitlines()) == 1
    assert letter.recipients() == ["li@customers.example"]
