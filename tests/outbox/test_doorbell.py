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


class _OneProducer:
    def acquire(self, **_options):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None
