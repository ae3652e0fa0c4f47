"""Bringing in a year that was announced, or announced anew."""

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from core import audit
from core.workdays import days, file
from core.workdays.models import Notice


def load(path: Path, *, source: str, now: datetime) -> list[Notice]:
    """This function will keep each year of a file that says something new, and answer what was kept.

    All or nothing, in its own transaction or the open one; two at once wait for each other. A year that says what is
    known already is left alone, so a repeat changes nothing. Raises file.WrongFile, OSError.
    """
    years = file.read(path)
    added = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('workdays.load'), 0)")
        for year, found in years.items():
            newest = Notice.objects.filter(year=year).order_by("-edition").first()
            kept = file.kept(found)
            known = newest.days if newest else file.kept(days.packaged().get(year, ()))
            if kept == known:
                continue
            notice = Notice.objects.create(
                year=year, edition=newest.edition + 1 if newest else 1, days=kept, source=source, loaded_at=now
            )
            audit.record(
                act="workdays.loaded",
                subject=f"workdays:{year}",
                actor="manage.py load_workdays",
                before={"days": known},
                after={"days": kept, "edition": notice.edition, "source": source},
                now=now,
            )
            added.append(notice)
    days.forget()
    return added
