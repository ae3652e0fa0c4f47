"""Gateways for text messages as tests need them: one that works, one that fails."""

from accounts.inbox.sms import Gateway

taken: list[tuple[str, str, str]] = []


class Working(Gateway):
    """Takes every text and remembers it."""

    def send(self, *, number: str, text: str, reference: str) -> None:
        taken.append((number, text, reference))


class Broken(Gateway):
    """Takes nothing."""

    def send(self, *, number: str, text: str, reference: str) -> None:
        raise ConnectionError("the network does not answer")
