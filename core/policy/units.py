"""Values of figures as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.policy.models import Figure

# The units of the table in people's words; one that is missing here, such as a currency, is shown as it stands.
UNITS: dict[str, Promise] = {
    "seconds": pgettext_lazy("unit", "seconds"),
    "minutes": pgettext_lazy("unit", "minutes"),
    "hours": pgettext_lazy("unit", "hours"),
    "days": pgettext_lazy("unit", "days"),
    "years": pgettext_lazy("unit", "years"),
    "tries": pgettext_lazy("unit", "tries"),
    "transfers": pgettext_lazy("unit", "transfers"),
    "payees": pgettext_lazy("unit", "payees"),
    "look-ups": pgettext_lazy("unit", "look-ups"),
    "checks": pgettext_lazy("unit", "checks"),
    "codes": pgettext_lazy("unit", "codes"),
    "texts": pgettext_lazy("unit", "texts"),
    "requests": pgettext_lazy("unit", "requests"),
    "files": pgettext_lazy("unit", "files"),
    "bytes": pgettext_lazy("unit", "bytes"),
    "pixels": pgettext_lazy("unit", "pixels"),
    "cases": pgettext_lazy("unit", "cases"),
    "copies": pgettext_lazy("unit", "copies"),
    "rows": pgettext_lazy("unit", "rows"),
    "per cent": pgettext_lazy("unit", "per cent"),
    "per cent a year": pgettext_lazy("unit", "per cent a year"),
    "day of the month": pgettext_lazy("unit", "as the day of the month"),
    "o'clock": pgettext_lazy("unit", "o'clock"),
    "accounts": pgettext_lazy("unit", "accounts"),
    "customers": pgettext_lazy("unit", "customers"),
    "documents": pgettext_lazy("unit", "documents"),
    "looks": pgettext_lazy("unit", "looks"),
    "milliseconds": pgettext_lazy("unit", "milliseconds"),
    "movements": pgettext_lazy("unit", "movements"),
    "of 100": pgettext_lazy("unit", "of 100"),
    "orders": pgettext_lazy("unit", "orders"),
    "pages": pgettext_lazy("unit", "pages"),
    "payments": pgettext_lazy("unit", "payments"),
    "people": pgettext_lazy("unit", "people"),
    "pictures": pgettext_lazy("unit", "pictures"),
    "points": pgettext_lazy("unit", "points"),
    "records": pgettext_lazy("unit", "records"),
    "refusals": pgettext_lazy("unit", "refusals"),
    "reminders": pgettext_lazy("unit", "reminders"),
    "searches": pgettext_lazy("unit", "searches"),
    "templates": pgettext_lazy("unit", "templates"),
    "working days": pgettext_lazy("unit", "working days"),
    "working hours": pgettext_lazy("unit", "working hours"),
}


def with_unit(value: str, row: Figure) -> str:
    """This function will write a value as people read it."""
    if row.type == Figure.Type.BOOL:
        return str(_("yes") if value == "true" else _("no"))
    return f"{value} {UNITS.get(row.unit, row.unit)}".rstrip()
