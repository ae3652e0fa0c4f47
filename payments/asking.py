"""What confirming a transfer takes: nothing more, a code, a passkey, and large sums once more in words. Pure.

A transfer is free of a code only when everything speaks for it: the customer has allowed it, the sums stay under the
bank's caps since the last code, the payee is not new, a human had time to read, and no rule asks for a passkey. The
thresholds are rows of the policy table (`transfer.free.*`, `transfer.human_seconds`, `transfer.large_sum.*`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Free(StrEnum):
    """Why a transfer takes no code."""

    OWN = "own"
    TRUSTED = "trusted"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Caps:
    """How far one kind of transfers goes without a code; amounts are minor units, inclusive."""

    payment: int
    total: int  # since the last code
    count: int  # since the last code


@dataclass(frozen=True, slots=True)
class Gone:
    """Whether a customer has allowed one kind, and what has gone so since their last code."""

    given: bool
    amount: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """Everything about a transfer that decides what confirming it takes."""

    amount: int
    to_own: bool = False
    payee_trusted: bool = False
    payee_young: bool = False  # still in the cooling time after it was added
    careful: bool = False  # the customer's second step was replaced lately
    passkey: bool = False  # the sums of the day take a passkey
    seconds: float | None = None  # since the check page was served; None: nobody can say
    gone: Mapping[Free, Gone] = field(default_factory=dict)


def freed_by(context: Context, *, caps: Mapping[Free, Caps], human_seconds: int) -> Free | None:
    """This function will say why a transfer takes no code; None when it takes one."""
    if context.passkey or context.careful or context.payee_young:
        return None
    if context.seconds is None or context.seconds < human_seconds:
        return None
    for kind in _kinds(context):
        allowed, most = context.gone.get(kind), caps.get(kind)
        if allowed is None or not allowed.given or most is None:
            continue
        if (
            context.amount <= most.payment
            and allowed.amount + context.amount <= most.total
            and allowed.count + 1 <= most.count
        ):
            return kind
    return None


def _kinds(context: Context) -> tuple[Free, ...]:
    """What a transfer may be free as: between own accounts is that alone; to others, trusted before small."""
    if context.to_own:
        return (Free.OWN,)
    return (Free.TRUSTED, Free.SMALL) if context.payee_trusted else (Free.SMALL,)


def large(*, amount: int, used_today: int, above: int) -> int | None:
    """This function will give the sum of the day that is to be confirmed in words; None when it is not that large."""
    total = used_today + amount
    return total if total > above else None
