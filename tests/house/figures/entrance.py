"""Figures of signing in, codes, texts, sessions, confirmation and the way back in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from allauth.account import app_settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts import contacts
from accounts.access import devices, kept, letters, lockout, notme, probing, sentcodes, sessions, stepup
from accounts.access.models import KnownDevice, StepUp
from accounts.freezing import services as freezing
from accounts.inbox import sms
from accounts.models import Customer, PastContact
from accounts.recovery import figures as recovery_figures
from accounts.recovery import queries as recovered
from accounts.recovery import services as recovery
from accounts.recovery import views as recovery_pages
from accounts.recovery.models import Recovery
from core.reviews.models import Case
from tests.factories import access
from tests.house.figures.ground import Ground, Observe, Watch, largest, outcome

RATES = {
    "entrance.signin_source_per_minute": "login",
    "entrance.signin_failed_source_per_minute": "login_failed",
    "entrance.signin_failed_source_per_hour": "login_failed",
    "entrance.register_source_per_minute": "signup",
    "entrance.register_source_per_day": "signup",
    "entrance.reauthenticate_per_minute": "reauthenticate",
    "entrance.change_password_per_minute": "change_password",
    "code.tries_window_minutes": "code_tried",
    "code.tries_per_window": "code_tried",
    "code.tries_per_day": "code_tried",
    "code.tries_source_per_minute": "code_tried",
    "code.resend_seconds": "code_sent",
    "code.daily_most": "code_sent",
    "code.source_per_minute": "code_sent",
}


def rate(action: str) -> Observe:
    """What allauth counts by; it reads its settings anew at each request."""
    return lambda _ground: str(app_settings.RATE_LIMITS[action])


def lives(kind: str, stamp: str) -> Observe:
    """For how many seconds a session lives after its last request, or after its begin."""

    def look(ground: Ground) -> int:
        at = int(ground.now.timestamp())

        def passes(seconds: int) -> bool:
            held = {"since": at, "seen": at, "staff": kind == "staff"} | {stamp: at - seconds}
            return sessions.ended_because({sessions.STAMP: held}, now=ground.now) == ""  # type: ignore[arg-type]

        return largest(passes, most=10**6)

    return look


def warning(ground: Ground) -> Any:
    at = int(ground.now.timestamp())
    held: Any = {sessions.STAMP: {"since": at, "seen": at, "staff": False}}
    return sessions.left(held, now=ground.now)


def question(ground: Ground) -> Any:
    return stepup.start(user=ground.person, operation="test.act", payload={"a": "1"}, now=ground.now)


def tries_of_a_question(ground: Ground) -> int:
    asked = question(ground)

    def stands(tries: int) -> bool:
        StepUp.objects.filter(public_id=asked.id).update(tries=tries)
        return stepup.pending(user=ground.person, challenge_id=asked.id, now=ground.now) is not None

    return largest(stands, most=100)


@contextmanager
def counted_by_nobody() -> Iterator[None]:
    with mock.patch.object(lockout.ratelimit, "consume", return_value=mock.Mock()):
        yield


def wrong_passwords(ground: Ground) -> list[Any]:
    """How tries in the same second are answered: looked at, or until when not."""
    answers: list[Any] = []
    contact = contacts.read("lin@example.com")
    with counted_by_nobody():
        for _try in range(14):
            try:
                lockout.begin(request=mock.Mock(), contact=contact, device="", now=ground.now)
                answers.append("looked at")
            except lockout.Locked as locked:
                answers.append(locked.args)
    return answers


def remembered(ground: Ground) -> Any:
    with counted_by_nobody(), mock.patch.object(lockout, "cache", wraps=lockout.cache) as counts:
        lockout.begin(request=mock.Mock(), contact=contacts.read("lin@example.com"), device="", now=ground.now)
    return counts.touch.call_args.args[1]


def tries_of_a_code(ground: Ground) -> int:
    contact = contacts.read("lin@example.com")
    sent = sentcodes.Sent("register", contact, None, "n", "d", ground.now.timestamp())
    request: Any = SimpleNamespace(session={}, user=AnonymousUser())
    with mock.patch.object(sentcodes.ratelimit, "consume", return_value=mock.Mock()):
        return largest(
            lambda tries: (
                outcome(
                    lambda: sentcodes.check(
                        request=request, sent=replace(sent, tries=tries), code="000000", now=ground.now
                    )
                )
                == "Wrong"
            ),
            most=100,
        )


def texts(numbers: list[str], sources: list[str]) -> Observe:
    """How five texts in a row are answered."""

    def look(ground: Ground) -> list[str]:
        return [
            outcome(
                lambda number=number, source=source: sms._count(contacts.phone(number), source, ground.now)  # type: ignore[misc]
            )
            for number, source in zip(numbers, sources, strict=True)
        ]

    return look


MANY = [f"1380001000{n}" for n in range(5)]
ABROAD = [f"+42060100000{n}" for n in range(5)]
ONE_SOURCE, MANY_SOURCES = ["203.0.113.1"] * 5, [f"203.0.113.{n}" for n in range(5)]


def old_counts(ground: Ground) -> int:
    for days in range(0, 100, 5):
        sms._one_more(timezone.localdate(ground.now) - timedelta(days=days), "all", None)
    sms.forget_old(now=ground.now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inbox_tally")
        return int(cursor.fetchone()[0])


def told_at_former_places(ground: Ground) -> int:
    contact = contacts.phone("13800010001")
    PastContact.objects.create(
        user=ground.person, kind=contact.kind.value, sealed=contact.seal(), replaced_at=ground.now - timedelta(days=40)
    )
    with mock.patch.object(letters.sms, "send") as send:
        letters.tell_former(user=ground.person, purpose="test", text=lambda: ("t", "b"), now=ground.now)
    return send.call_count


def sent_request(ground: Ground) -> Recovery:
    recovery.begin(user=ground.customer.user, from_known_device=True, now=ground.now)  # type: ignore[arg-type]
    with (
        mock.patch.object(recovery, "is_complete", return_value=True),
        mock.patch.object(recovery.checks, "run", return_value=[]),
    ):
        return recovery.submit(user=ground.customer.user, now=ground.now)  # type: ignore[arg-type]


def requests_in_a_month(ground: Ground) -> int:
    def goes(sent: int) -> bool:
        with mock.patch.object(recovery.queries, "sent_lately", return_value=sent):
            begun = outcome(
                lambda: recovery.begin(user=ground.customer.user, from_known_device=True, now=ground.now)  # type: ignore[arg-type]
            )
        Recovery.objects.filter(user=ground.customer.user).delete()
        return begun == "done"

    return largest(goes, most=100)


def careful_until(ground: Ground) -> Any:
    """Until when little leaves, for somebody who finished eight days after asking."""
    request = sent_request(ground)
    Recovery.objects.filter(pk=request.pk).update(decided_at=ground.now)
    later = ground.now + timedelta(days=8)
    with mock.patch.object(recovery, "may_finish", return_value=True):
        recovery.finish(user=request.user, secret=access.SECRET, step=1, now=later)
    return Customer.objects.get(pk=ground.customer.pk).careful_until


def pages_stay_open(ground: Ground) -> int:
    user = ground.customer.user
    assert user is not None

    def open_after(some_minutes: int) -> bool:
        at = (ground.now - timedelta(minutes=some_minutes)).timestamp()
        held = {"user": user.pk, "mark": recovery_pages._mark(user), "at": at}
        request: Any = SimpleNamespace(user=AnonymousUser(), session={recovery_pages.PROVED: held})
        return recovery_pages._asker(request) is not None

    return largest(open_after, most=10_000)


def leaves_while_careful(currency: str) -> Observe:
    return lambda ground: recovered.daily_most(
        customer=Customer(careful_until=ground.now + timedelta(hours=1)), currency=currency, now=ground.now
    )


def link_opens(ground: Ground) -> int:
    path = notme.link(user=ground.person, device="a browser", now=ground.now)
    token = path.rstrip("/").rpartition("/")[2]
    return largest(
        lambda days: outcome(lambda: notme.read(token, now=ground.now + timedelta(days=days))) == "done", most=1000
    )


def device_kept(ground: Ground) -> int:
    """For how many days a device without a sign-in is kept."""
    day = timedelta(days=1)

    def kept(days: int) -> bool:
        KnownDevice.objects.filter(user=ground.person).delete()
        seen = ground.now - days * day
        KnownDevice.objects.create(user=ground.person, digest="e" * 64, first_seen_at=seen, last_seen_at=seen)
        devices.forget_old(now=ground.now)
        return KnownDevice.objects.filter(user=ground.person).exists()

    return largest(kept, most=2000)


def frozen_rule(ground: Ground) -> Any:
    person = ground.customer.user
    assert person is not None
    said = notme.Said(str(person.public_id), "a browser", ground.now, "d" * 64)
    frozen = freezing.freeze(said=said, now=ground.now)
    rule = Case.objects.get(subject_id=str(frozen.public_id)).frozen_rule
    return rule.hours, rule.claim_minutes


def recovery_rule(ground: Ground) -> Any:
    return recovery_figures.rule(why=(), now=ground.now)


def told_of_probing(ground: Ground) -> Any:
    """At which of thirty records of others, two minutes apart, people are told."""
    cache.clear()
    base = ground.now.replace(minute=0)
    return [
        number
        for number in range(1, 31)
        if probing.count(user=ground.person, path=f"/x/{number}/", route="x", now=base + number * timedelta(minutes=2))
    ]


WATCHED: dict[str, Watch] = {
    **{key: Watch(rate(action)) for key, action in RATES.items()},
    "session.customer.idle_minutes": Watch(lives("customer", "seen")),
    "session.customer.absolute_hours": Watch(lives("customer", "since")),
    "session.staff.idle_minutes": Watch(lives("staff", "seen")),
    "session.staff.absolute_hours": Watch(lives("staff", "since")),
    "session.customer.warn_minutes": Watch(warning, changed="2"),
    "session.kept_hours": Watch(lambda ground: kept._since(ground.now)),
    "stepup.life_minutes": Watch(lambda ground: question(ground).expires_at),
    "stepup.tries": Watch(tries_of_a_question),
    "entrance.signin_free_tries": Watch(wrong_passwords),
    "entrance.signin_first_wait_seconds": Watch(wrong_passwords),
    "entrance.signin_longest_wait_seconds": Watch(lambda ground: lockout._wait(40, ground.now)),
    "entrance.signin_memory_hours": Watch(remembered),
    "code.mail_life_minutes": Watch(lambda ground: sentcodes.life(contacts.read("lin@example.com"), ground.now)),
    "code.sms_life_minutes": Watch(lambda ground: sentcodes.life(contacts.phone("13800010001"), ground.now)),
    "code.tries": Watch(tries_of_a_code),
    "sms.number_daily_most": Watch(texts(MANY[:1] * 5, MANY_SOURCES), changed="2"),
    "sms.source_daily_most": Watch(texts(MANY, ONE_SOURCE), changed="2"),
    "sms.abroad_daily_most": Watch(texts(ABROAD, MANY_SOURCES), changed="2"),
    "sms.daily_most": Watch(texts(MANY, MANY_SOURCES), changed="2"),
    "sms.keep_days": Watch(old_counts),
    "contact.former_told_days": Watch(told_at_former_places),
    "recovery.waiting_hours": Watch(lambda ground: sent_request(ground).ready_at),
    "recovery.use_within_days": Watch(lambda ground: sent_request(ground).lapses_at),
    "recovery.form_minutes": Watch(pages_stay_open),
    "recovery.most_in_30_days": Watch(requests_in_a_month),
    "recovery.review_due_hours": Watch(recovery_rule),
    "recovery.claim_minutes": Watch(recovery_rule),
    "recovery.cooling_hours": Watch(careful_until),
    "recovery.cooling_daily.cny": Watch(leaves_while_careful("CNY")),
    "recovery.cooling_daily.czk": Watch(leaves_while_careful("CZK")),
    "access.not_me_days": Watch(link_opens),
    "access.device_days": Watch(device_kept),
    "access.probing_records": Watch(told_of_probing),
    "access.probing_minutes": Watch(told_of_probing, changed="10"),
    "freezing.due_hours": Watch(frozen_rule),
    "freezing.claim_minutes": Watch(frozen_rule),
}
