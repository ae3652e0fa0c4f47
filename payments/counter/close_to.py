"""Whom a colleague may not serve and not decide about: themselves, their household, whom they declared to be close."""

from collections.abc import Collection

from django.db.models import Q

from accounts.identity import kin
from accounts.identity.models import Verification
from accounts.models import Customer, User
from core.reviews.models import Relation


def is_close(user: User, customers: Collection[int]) -> bool:
    """This function will say whether one of these customers (primary keys) is the colleague or close to them."""
    people = kin.same_person(user)
    if Customer.objects.filter(pk__in=customers, user_id__in=people).exists():
        return True
    theirs = _keys_of(customers)
    if not theirs:
        return False
    if theirs & kin.parties_of(people):
        return True
    return Relation.objects.filter(
        Q(ended_at__isnull=True), person_id__in=people, parties__overlap=sorted(theirs)
    ).exists()


def _keys_of(customers: Collection[int]) -> frozenset[str]:
    sent = Verification.objects.filter(customer_id__in=customers, state__in=kin.SENT).select_related("customer")
    keys: set[str] = set()
    for verification in sent:
        keys |= kin.keys_of(verification)
    return frozenset(keys)
