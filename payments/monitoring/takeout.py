"""The report of a business date among what colleagues may take out as a file (accounts.mydata.takeoutkinds.Kind)."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer, User
from accounts.mydata.takeoutkinds import Wanted
from accounts.roles import Role
from core.changes.errors import Refused
from payments.monitoring import report


class LargeValues:
    """The rows of the day's file as it was written when the date closed; the last day asked for names the date."""

    label = gettext_lazy("Report of large values of the last day")
    roles = frozenset({Role.AUDITOR})

    def closed(self, wanted: Wanted, *, staff: User, now: datetime) -> dict[str, Any]:  # noqa: ARG002
        """This function will name the date, whose file never changes again. Raises Refused without a file."""
        day = str(wanted.get("last") or "")
        try:
            written = report.place(date.fromisoformat(day)).is_file()
        except ValueError:
            written = False
        if not written:
            raise Refused(
                lambda: _("There is no report of this day yet. It is written when the business day closes."),
                field="last",
            )
        return {"last": day}

    def count(self, wanted: Wanted, *, most: int) -> int:  # noqa: ARG002 - one date is never that large
        """This function will count the movements in the file."""
        return len(self._lines(wanted))

    def columns(self) -> Sequence[str]:
        """This function will name the columns as the file does: whoever reads it is another program."""
        return report.COLUMNS

    def rows(self, wanted: Wanted) -> Iterator[Sequence[Any]]:
        """This function will give the file's lines."""
        yield from self._lines(wanted)

    def shown(self, wanted: Wanted) -> str:
        """This function will say which date."""
        return str(wanted["last"])

    def is_about(self, wanted: Wanted, user: User) -> bool:
        """This function will say whether a colleague stands in the report themselves."""
        own = {str(one) for one in Customer.objects.filter(user=user).values_list("public_id", flat=True)}
        person = report.COLUMNS.index("customer")
        return any(line[person] in own for line in self._lines(wanted))

    def _lines(self, wanted: Wanted) -> list[list[str]]:
        content = report.place(date.fromisoformat(wanted["last"])).read_text(encoding="utf-8")
        return list(csv.reader(io.StringIO(content)))[1:]
