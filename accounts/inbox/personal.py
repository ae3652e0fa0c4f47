"""What is kept of what a customer was told (accounts.personal). Texts with codes are not among it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.inbox.models import Notice
from accounts.personal import Column, Section, Value

if TYPE_CHECKING:
    from accounts.models import Customer, User


def personal_data(*, customer: "Customer", language: str) -> Sequence[Section]:
    """This function will list the messages a customer got."""
    at = "inbox.Notice."
    return [
        Section(
            key="messages",
            group="messages",
            title=_("Messages"),
            columns=[
                Column("sent_at", _("Time"), f"{at}created_at"),
                Column("event", _("About"), f"{at}event"),
                Column("title", _("Title"), f"{at}texts"),
                Column("text", _("Text"), f"{at}texts"),
                Column("read_at", _("Read at"), f"{at}read_at"),
                Column("mailed_at", _("Copy by e-mail"), f"{at}mailed_at"),
            ],
            rows=lambda: _rows(customer.user, language),
        )
    ]


def _rows(user: "User | None", language: str) -> Iterator[Sequence[Value]]:
    for one in Notice.objects.filter(user=user).order_by("-created_at", "-id").iterator(chunk_size=500):
        title, text = one.text(language)
        yield one.created_at, one.event, title, text, one.read_at, one.mailed_at
