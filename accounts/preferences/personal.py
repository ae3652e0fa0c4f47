"""What is kept of what a customer likes (accounts.personal)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.personal import Coded, Column, Section, Value
from accounts.preferences.models import Preferences

if TYPE_CHECKING:
    from accounts.models import Customer


def personal_data(*, customer: "Customer", language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will show what a customer chose."""
    at = "preferences.Preferences."
    return [
        Section(
            key="preferences",
            group="preferences",
            title=_("What you chose"),
            single=True,
            columns=[
                Column("mode", _("Light or dark"), f"{at}mode"),
                Column("colour", _("Colour"), f"{at}colour"),
                Column("size_percent", _("Size of type, per cent"), f"{at}size"),
                Column("large_print", _("Large-print layout"), f"{at}simple"),
                Column("covered", _("Amounts covered at first"), f"{at}covered"),
                Column("quick_functions", _("Quick functions"), f"{at}quick"),
                Column("channels", _("How you are told of what"), f"{at}channels"),
                Column("changed_at", _("Changed"), f"{at}changed_at"),
            ],
            rows=lambda: _rows(customer.user_id),
        )
    ]


def _rows(user_id: int | None) -> Iterator[Sequence[Value]]:
    if user_id is None:
        return
    for one in Preferences.objects.filter(user_id=user_id):
        channels = "; ".join(f"{event}: {', '.join(ways) or '–'}" for event, ways in sorted(one.channels.items()))
        yield (
            Coded(one.mode or "system", one.get_mode_display()),
            one.colour,
            one.size,
            one.simple,
            one.covered,
            ", ".join(one.quick or []),
            channels,
            one.changed_at,
        )
