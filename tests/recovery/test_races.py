"""Stopping and carrying out at the same moment: exactly one wins, and the books of who proves what stay whole."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer, User
from accounts.recovery import services
from accounts.recovery.models import Recovery
from core.audit.models import Row
from core.reviews.models import Case
from tests.factories import access as make
from tests.factories import identity as desk

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NEW = "KRSXG5DJNZTSA5DFON2GS3THEB2GK43U"


@pytest.fixture
def approved() -> Recovery:
    """A request whose wait is over."""
    user, now = make.person(), timezone.now()
    Customer.objects.create(user=user, created_at=now)
    make.enrol_app(user)
    return Recovery.objects.create(
        user=user,
        state="approved",
        from_known_device=True,
        started_at=now - timedelta(hours=80),
        sent_at=now - timedelta(hours=80),
        ready_at=now - timedelta(hours=8),
        decided_at=now - timedelta(hours=20),
        lapses_at=now + timedelta(days=5),
    )


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers[place] = act()
        except Exception as error:  # noqa: BLE001 - whatever came of it is the answer
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def finish(user: User) -> str:
    services.finish(user=user, secret=NEW, step=1, now=timezone.now())
    return "done"


def stop(found: Recovery) -> bool:
    ending = services.Ending(how="notice", not_me=True)
    return services.stop(recovery=found, ending=ending, keep_session=None, now=timezone.now())


@pytest.mark.parametrize("_again", range(5))
def test_stopping_and_carrying_out_at_once_has_one_winner(approved: Recovery, _again: int) -> None:
    done, stopped = at_once(lambda: finish(approved.user), lambda: stop(approved))
    approved.refresh_from_db()
    assert (done == "done") != (stopped is True)
    assert approved.state == ("done" if done == "done" else "stopped")
    kinds = set(Authenticator.objects.filter(user=approved.user).values_list("type", flat=True))
    assert kinds == ({"totp", "recovery_codes"} if done == "done" else {"totp"})
    assert Row.objects.filter(act__in=["recovery.done", "recovery.stopped"]).count() == 1


def test_carrying_out_four_times_at_once_gives_one_app(approved: Recovery) -> None:
    answers = at_once(*[lambda: finish(approved.user)] * 4)
    assert sorted(isinstance(answer, services.NothingToChange) for answer in answers) == [False, True, True, True]
    assert Authenticator.objects.filter(user=approved.user, type="totp").count() == 1


def test_sending_twice_at_once_makes_one_case_and_tells_once(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    user, now = make.person(), timezone.now()
    Customer.objects.create(user=user, created_at=now)
    services.begin(user=user, from_known_device=True, now=now)
    services.save_number(user=user, number="110101199003074514")
    photos = desk.photos_of(desk.PERSON).by_side()
    for side, jpeg in (("document", photos["front"]), ("selfie", photos["selfie"])):
        services.save_photo(user=user, side=side, data=jpeg, name="a.jpg", declared="image/jpeg", now=now)
    answers = at_once(*[lambda: services.submit(user=user, now=now)] * 4)
    assert {str(answer.public_id) for answer in answers} == {str(Recovery.objects.get().public_id)}
    assert Case.objects.filter(subject="recovery").count() == 1
    assert user.notices.filter(event="security.recovery_begun").count() == 1


def test_deciding_and_stopping_at_once_never_hangs_and_leaves_one_truth(
    approved: Recovery, tmp_path: Any, settings: Any
) -> None:
    """The desk locks its case first, the owner the person: they must not wait for each other for ever."""
    from core.outbox import relay

    settings.MEDIA_ROOT = tmp_path / "uploads"
    approved.delete()
    user, now = User.objects.get(email="lin@example.com"), timezone.now()
    services.begin(user=user, from_known_device=True, now=now)
    services.save_number(user=user, number="110101199003074514")
    photos = desk.photos_of(desk.PERSON).by_side()
    for side, jpeg in (("document", photos["front"]), ("selfie", photos["selfie"])):
        services.save_photo(user=user, side=side, data=jpeg, name="a.jpg", declared="image/jpeg", now=now)
    found = services.submit(user=user, now=now)
    reviewer = desk.make_staff("reviewer@bank.example", "reviewer", "approver")
    case = Case.objects.get(subject="recovery")
    at_once(
        lambda: desk.decide_now(case, reviewer, "decline", now=timezone.now(), reasons=["face_differs"]),
        lambda: stop(found),
    )
    relay.drain(now=timezone.now())
    found.refresh_from_db()
    case.refresh_from_db()
    assert (found.state, case.state) in {("stopped", "withdrawn"), ("stopped", "declined"), ("declined", "declined")}


def test_a_photo_sent_from_a_foreign_page_is_not_taken() -> None:
    """The upload's own way of reading a form keeps the CSRF check."""
    make.enrol_app(make.person())
    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("account_login"))
    token = page.context["csrf_token"]
    client.post(
        reverse("account_login"),
        {"login": "lin@example.com", "password": make.PASSWORD, "csrfmiddlewaretoken": str(token)},
    )
    token = client.get(reverse("recover")).context["csrf_token"]
    client.post(reverse("recover_begin"), {"csrfmiddlewaretoken": str(token)})
    assert Recovery.objects.exists()
    assert client.post(reverse("recover_evidence"), {"number": "110101199003074514"}).status_code == 403
    assert not Recovery.objects.get().number_sealed
