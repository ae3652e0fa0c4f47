"""A worker lives through the loss of its broker: what it still has in hand is a lost connection, not an end."""

from types import SimpleNamespace

import pytest
from kombu import Connection

from portal.broker import Channel
from portal.celery import app


def test_the_portal_speaks_to_its_broker_over_channels_that_know_when_they_were_given_up() -> None:
    for address in ("redis://127.0.0.1:1/0", "redis+socket:///nowhere/broker.sock?virtual_host=0"):
        connection: Connection = app.connection_for_read(address)
        assert connection.transport.Channel is Channel


@pytest.mark.parametrize("given_up", [None, SimpleNamespace(client=None)])
def test_what_is_handed_back_over_a_connection_that_was_given_up_is_a_lost_connection(given_up: object) -> None:
    connection: Connection = app.connection_for_read("redis://127.0.0.1:1/0")
    channel = Channel.__new__(Channel)
    channel.connection = given_up
    with pytest.raises(connection.connection_errors, match="given up"), channel.conn_or_acquire():
        pass
