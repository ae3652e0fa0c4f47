"""What the floor of the accounts lays down for a payment: whether money may leave at all, and what a class allows."""

import hashlib
from datetime import date

from django.core.cache import cache

from accounts import class_limits
from accounts.identity.queries import money_stays
from core import policy
from payments.refusals import ClassLimit, IdentityExpired, NotOffered, PayeeCannotTake

A_DAY = 86_400  # seconds


def money_may_leave(*, document_expires_on: date | None, stays_own: bool, today: date) -> None:
    """This function will refuse to let money leave whose owner's identity document expired too long ago.

    Between accounts that are all the customer's own nothing leaves. Raises IdentityExpired.
    """
    if not stays_own and document_expires_on is not None and money_stays(document_expires_on, today=today):
        raise IdentityExpired(document_expires_on)


def class_allows(
    *, classed: bool, source_id: int, destination_id: int | None, own: bool, amount: int, currency: str, today: date
) -> None:
    """This function will refuse what a class of either account does not allow, under the accounts' locks.

    Needs an open transaction, after the payer is locked and before the books are asked. `classed` is false where the
    caller knows that both accounts are of class I: then nothing is asked. Raises ClassLimit for the payer's own
    account, PayeeCannotTake for another's, NotOffered where the figures are missing.
    """
    if classed:
        _judge(source_id, destination_id, own, amount, currency, today, lock=True)


def class_would_allow(
    *,
    classed: bool,
    payer_id: int,
    source_id: int,
    destination_id: int | None,
    own: bool,
    amount: int,
    currency: str,
    today: date,
) -> None:
    """This function will say early what `class_allows` decides, and not so often that a payer could feel for a balance.

    After some refusals in a day (policy `account_class.refusals_per_day`) everything to that account is refused for the
    rest of it, whatever would fit. Raises as `class_allows`. Outside a transaction: it asks the cache.
    """
    if not classed:
        return
    if own or destination_id is None:
        _judge(source_id, destination_id, own, amount, currency, today, lock=False)
        return
    told = hashlib.sha256(f"{payer_id}:{destination_id}".encode()).hexdigest()[:32]
    key = f"class-refusals:{today.isoformat()}:{told}"
    if int(cache.get(key, 0)) >= int(policy.value("account_class.refusals_per_day", on=today)):
        raise PayeeCannotTake
    try:
        _judge(source_id, destination_id, own, amount, currency, today, lock=False)
    except PayeeCannotTake:
        cache.add(key, 0, timeout=A_DAY)
        try:
            cache.incr(key)
        except ValueError:  # it was thrown out of a full cache between the two calls
            cache.set(key, 1, timeout=A_DAY)
        raise


def _judge(
    source_id: int, destination_id: int | None, own: bool, amount: int, currency: str, today: date, *, lock: bool
) -> None:
    try:
        stop = class_limits.stop(
            source_id=source_id, destination_id=destination_id, amount=amount, today=today, lock=lock
        )
    except policy.UnknownPolicy as missing:
        raise NotOffered(currency) from missing
    if stop is None:
        return
    if own or stop.at_source:
        raise ClassLimit(stop.account_class, stop.breach, currency)
    raise PayeeCannotTake
