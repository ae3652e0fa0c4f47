"""Figures of personal data: copies, corrections, the end, keeping and looking; and of statements."""

from datetime import timedelta
from typing import Any
from unittest import mock

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.identity import services as identity_services
from accounts.models import Customer
from accounts.mydata import automated, closing, correcting, emergency, exporting, looking, takeouts, tasks
from accounts.mydata.correcting import What
from accounts.mydata.models import Look, PersonWanted
from accounts.mydata.retention import carrying, unfinished
from core import audit
from core.reviews.models import Case
from tests.factories import mydata as make
from tests.factories import payments as money
from tests.house.figures.ground import Ground, Observe, Watch, outcome
from tests.rights.ground import issued_month


def made_copy(ground: Ground) -> Any:
    """Until when a copy can be downloaded, and how many rows its PDF shows."""
    export = make.asked(ground.pair.payer, now=ground.now)
    with (
        mock.patch.object(exporting, "_take"),
        mock.patch.multiple(
            exporting.writing, as_json=mock.DEFAULT, as_tables=mock.DEFAULT, as_pdf=mock.DEFAULT
        ) as written,
    ):
        for writer in written.values():
            writer.return_value = b"x"
        exporting.make(public_id=export.public_id, now=ground.now)
    export.refresh_from_db()
    return export.expires_at, written["as_pdf"].call_args.kwargs


def another_copy(ground: Ground) -> Any:
    make.ready(ground.customer, now=ground.now)
    return exporting.may_ask_from(ground.customer, now=ground.now)


def rule_of_a_correction(ground: Ground) -> Any:
    return correcting._rule(What.LEGAL_NAME, ground.now)


def looked(ground: Ground) -> Any:
    customer = make.left(now=ground.now)
    return looking._open(customer, ground.staff("teller"), Look.Ground.REASON, "a letter", ground.now).until


def begun_emergency(ground: Ground) -> Any:
    ground.staff("risk_officer")
    ground.staff("auditor")
    ground.staff("approver")
    found = emergency.begin(
        staff=ground.staff("teller"), duty="customers", reason="nobody else is in the building", now=ground.now
    )
    rule = Case.objects.get(subject_id=str(found.public_id)).frozen_rule
    return found.until, rule.hours, rule.claim_minutes


def taken_out(ground: Ground) -> Any:
    """What becomes of a wish for a file with a few rows."""
    auditor = ground.staff("auditor")
    for _row in range(2):
        audit.record(act="test.thing", subject="x", now=ground.now)
    made: list[takeouts.Outcome] = []
    became = outcome(
        lambda: made.append(
            takeouts.ask(
                kind="audit", wanted={"words": "test.thing"}, purpose="a letter from a court", case="R100",
                staff=auditor,
                now=ground.now,
            )
        )
    )  # fmt: skip
    file = made[0].takeout if made else None
    return became, bool(made and made[0].change), file and file.expires_at


def old_draft(ground: Ground) -> int:
    identity_services.begin(customer=ground.customer_to_be, now=ground.now - timedelta(days=100))
    return len(unfinished.drafts_due(now=ground.now))


def old_sign_up(ground: Ground) -> int:
    Customer.objects.filter(pk=ground.customer_to_be.pk).update(created_at=ground.now - timedelta(days=400))
    return carrying._unfinished(ground.now).count()


def old_refusals(ground: Ground) -> list[str]:
    """The question that is put to the table of refused rows."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        unfinished.refused_due(now=ground.now)
    return [query["sql"] for query in asked if "refusal" in query["sql"]]


def people_in_a_night(_ground: Ground) -> Any:
    with mock.patch.object(tasks.carrying, "run", return_value=[]) as run:
        tasks.retain()
    return run.call_args.kwargs["at_most"]


def person_promised(ground: Ground) -> Any:
    customer = money.customer(now=ground.now)
    Customer.objects.filter(pk=customer.pk).update(careful_until=ground.now + timedelta(days=3))
    wish: PersonWanted = automated.ask(
        customer=customer, decision="careful", why="I bought a new phone myself", now=ground.now
    )
    return wish.promised_by


def paper(route: str) -> Observe:
    """What the pages about an account offer whose month has a statement."""

    def look(ground: Ground) -> Any:
        issued_month(ground.pair, ground.now)
        client = Client(headers={"accept-language": "en"})
        client.force_login(ground.pair.payer.user)  # type: ignore[arg-type]
        answer = client.get(reverse(route, args=[ground.pair.source.public_id]))
        page = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
        return answer.status_code, page.count(b".pdf") + page.count(b"/pdf/")

    return look


WATCHED: dict[str, Watch] = {
    "mydata.copy_hours": Watch(made_copy),
    "mydata.copy_pdf_rows": Watch(made_copy),
    "mydata.copies_per_day": Watch(another_copy, changed="1"),
    "mydata.correction_due_hours": Watch(rule_of_a_correction),
    "mydata.correction_claim_minutes": Watch(rule_of_a_correction),
    "closing.waiting_days": Watch(lambda ground: closing.due_at(now=ground.now)),
    "closing.read_days": Watch(lambda ground: closing.read_until(ground.today)),
    "closing.keep_years": Watch(lambda ground: closing.kept_until(ground.today)),
    "keeping.draft_days": Watch(old_draft),
    "keeping.signup_days": Watch(old_sign_up),
    "keeping.refused_days": Watch(old_refusals),
    "keeping.people_per_night": Watch(people_in_a_night),
    "keeping.look_minutes": Watch(looked),
    "keeping.emergency_minutes": Watch(begun_emergency, changed="30"),
    "keeping.emergency_review_hours": Watch(begun_emergency),
    "keeping.claim_minutes": Watch(begun_emergency),
    "keeping.export_alone_rows": Watch(taken_out, changed="0"),
    "keeping.export_most_rows": Watch(taken_out, changed="0"),
    "keeping.export_hours": Watch(taken_out),
    "keeping.person_hours": Watch(person_promised),
    "statement.pdf_lines": Watch(paper("monthly_statements"), changed="0"),
    "statement.excel_rows": Watch(paper("statement_xlsx"), changed="0"),
}
