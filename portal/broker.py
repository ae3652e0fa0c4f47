"""The way to the broker: Celery's own, with one answer mended.

When the broker goes away while tasks are at work, the worker gives the connection up and then hands back what was not
acknowledged. On a connection that was given up kombu 5.7 answers that with an AttributeError, which nobody expects, and
the worker ends. Here it is what it is, a lost connection: the worker carries on and connects again, the broker hands
the task to somebody after the visibility timeout, and the sweep finds what waits meanwhile.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as BrokerLost


class Channel(redis.Channel):
    """A channel that says so when its connection was given up."""

    def _connparams(self, *args: Any, **kwargs: Any) -> Any:
        if self.connection is None or self.connection.client is None:
            raise BrokerLost("the connection to the broker was given up")
        return super()._connparams(*args, **kwargs)


class Transport(redis.Transport):
    """Redis' or Valkey's protocol over such channels."""

    Channel = Channel


def use() -> None:
    """This function will let every address of Redis' kind lead over this transport."""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:Transport"))
