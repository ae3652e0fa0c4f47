"""A broker that is not there costs a customer next to nothing."""

import socket
import time

import pytest
from celery import current_app

from core.outbox import doorbell


@pytest.fixture
def bell():
    return doorbell.Doorbell()


@pytest.fixture
def broker(settings):
    """Point the portal's broker elsewhere."""

    def at(url):
        settings.CELERY_BROKER_URL = url

    return at


def seconds(job):
    begin = time.monotonic()
    answer = job()
    return answer, time.monotonic() - begin


def test_a_stopped_broker_is_noticed_at_once_and_then_left_alone_for_a_while(bell, broker):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        broker(f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
        rung, first = seconds(lambda: bell.ring(1))
        assert rung is False
        assert first < 3 * doorbell.PATIENCE
        rung, hundred = seconds(lambda: [bell.ring(n) for n in range(100)])
        assert not any(rung)
        assert hundred < 0.05


def test_a_broker_that_takes_the_call_but_never_answers_is_not_waited_for(bell, broker):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        rung, took = seconds(lambda: bell.ring(1))
        assert rung is False
        assert took < 6 * doorbell.PATIENCE


def test_after_the_silence_it_knocks_again(bell, broker, monkeypatch):
    asked = []
    monkeypatch.setattr(current_app, "send_task", lambda *args, **options: asked.append((args, options["queue"])))
    monkeypatch.setattr(bell, "_producers", _OneProducer)
    bell.silent_until = time.monotonic() + 60
    assert bell.ring(1) is False
    bell.silent_until = time.monotonic() - 1
    assert bell.ring(2) is True
    assert asked == [(("core.outbox.tasks.deliver",), "outbox")]


@pytest.fixture
def heard(bell, monkeypatch):
    """What the worker would be told, with the clock in the test's hands."""
    clock, told = {"now": 1000.0}, []

    def send(name, *, args, countdown, **_options):
        told.append((clock["now"], name.rpartition(".")[2], args, countdown))

    monkeypatch.setattr(current_app, "send_task", send)
    monkeypatch.setattr(bell, "_producers", _OneProducer)
    monkeypatch.setattr(doorbell.time, "monotonic", lambda: clock["now"])
    return clock, told


def test_a_lone_fact_rings_at_once(bell, heard):
    clock, told = heard
    for fact in (1, 2, 3):
        assert bell.ring(fact) is True
        clock["now"] += doorbell.MOMENT
    assert [(name, args, countdown) for _, name, args, countdown in told] == [
        ("deliver", (1,), None),
        ("deliver", (2,), None),
        ("deliver", (3,), None),
    ]


def test_many_facts_in_a_row_share_messages_and_each_has_one_that_comes_after_it(bell, heard):
    clock, told = heard
    rung = []
    for fact in range(1000):
        assert bell.ring(fact) is True
        rung.append(clock["now"])
        clock["now"] += 0.003
    assert told[0][1:3] == ("deliver", (0,))
    assert len(told) <= 2 + 3 / (doorbell.MOMENT - doorbell.MARGIN)
    looks = [at + countdown for at, name, _, countdown in told if name == "sweep"]
    for at in rung[1:]:
        assert any(at < look <= at + doorbell.MOMENT for look in looks), at


def test_a_message_that_was_not_taken_covers_nothing(bell, heard, monkeypatch):
    clock, told = heard
    bell.ring(1)
    taken = current_app.send_task

    def refuse(*_args, **_options):
        raise OSError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse)
    assert bell.ring(2) is False
    monkeypatch.setattr(current_app, "send_task", taken)
    clock["now"] += doorbell.SILENCE
    assert bell.ring(3) is True
    assert [args for _, _, args, _ in told] == [(1,), (3,)]


class _OneProducer:
    def acquire(self, **_options):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None
