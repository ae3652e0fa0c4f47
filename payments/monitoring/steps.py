"""The step of the business day that belongs to this room; its place stands in portal/wiring.py."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.runs import Step
from ledger.steps import closing
from payments.monitoring import report

REPORTED, NOTHING = "reported", "nothing"


def write(_key: str, day: date, _now: datetime) -> str:
    """This function will write the report of a date, also one without findings: a missing file is a missing report."""
    return REPORTED if report.write(day=day) else NOTHING


LARGE_VALUES = Step(
    name="monitoring.large_values", label=_("Report of large values"), starts=closing, do=write,
    outcomes={REPORTED: _("written, with findings"), NOTHING: _("written, without findings")},
)  # fmt: skip
"""Again after a kill: the file is replaced by the same one."""
