"""Why a payment to another bank is not made, beside payments.refusals. No money has moved."""

from payments.clearing.paths import NoPath, Path
from payments.refusals import TransferRefused


class UnknownBank(TransferRefused):
    """The directory has no bank of this number, or it is this bank itself."""


class NoWay(TransferRefused):
    """No clearing system carries it as wished; `found` says why and what is offered instead."""

    def __init__(self, found: NoPath) -> None:
        super().__init__(found.why.value)
        self.found = found


class PromiseChanged(TransferRefused):
    """What was promised on the check page no longer holds; the draft has to be shown again. `path` is the new one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.value)
        self.path = path


class TooLate(TransferRefused):
    """The payment has left, or came back before: it can no longer be taken back."""
