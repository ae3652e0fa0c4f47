"""Who is who, for the desk's conflict guards (settings.REVIEW_DOORS): one person behind two sign-ins, and who lives
with whom.

Nothing is compared in the clear: a document number is known by its blind index, an address by one made here. Two
spellings of one address (spaces, width, punctuation) are one address.
"""

import re
from collections.abc import Collection

from django.db.models import F, Func, Value
from django.db.models.functions import Upper

from accounts import vault
from accounts.identity import names, numbers
from accounts.identity.models import Verification
from accounts.models import User
from core.reviews.doors import Party

NUMBER, ADDRESS, SIGN_IN = "number:", "address:", "user:"
SENT = [state.value for state in Verification.State if state is not Verification.State.DRAFT]


def same_person(user: User) -> frozenset[int]:
    """This function will list every sign-in of the human being behind this one: by employee number, by document."""
    found = {user.pk}
    if badge := _badge(user.employee_number or ""):
        found.update(
            User.objects.exclude(employee_number=None)
            .annotate(badge=Upper(_only_letters_and_digits(F("employee_number"))))
            .filter(badge=badge)
            .values_list("pk", flat=True)
        )
    numbers_of = Verification.objects.filter(customer__user__in=found).exclude(number_index="")
    found.update(
        Verification.objects.filter(number_index__in=numbers_of.values("number_index"), customer__user__isnull=False)
        .values_list("customer__user", flat=True)
    )  # fmt: skip
    return frozenset(found)


def parties_of(people: Collection[int]) -> frozenset[str]:
    """This function will give the keys of who these people are and where they live, as they told us as customers."""
    known = Verification.objects.filter(customer__user__in=list(people), state__in=SENT)
    keys = {f"{SIGN_IN}{pk}" for pk in people}
    for verification in known:
        keys |= keys_of(verification)
    return frozenset(keys)


def keys_of(verification: Verification) -> frozenset[str]:
    """This function will give the keys of the person and of the home an application names."""
    keys = {f"{SIGN_IN}{verification.customer.user_id}"} if verification.customer.user_id else set()
    if verification.number_index:
        keys.add(f"{NUMBER}{verification.number_index}")
    if address := names.address_key(verification.address):
        keys.add(f"{ADDRESS}{vault.blind_index(address, 'identity.address')}")
    return frozenset(keys)


def party_named(text: str) -> Party | None:
    """This function will find who is meant by an e-mail or by the number of a document; None when nobody is."""
    words = text.strip()
    if "@" in words:
        user = User.objects.filter(email__iexact=words).first()
        if user is None:
            return None
        indexes = Verification.objects.filter(customer__user=user).exclude(number_index="")
        keys = {f"{NUMBER}{index}" for index in indexes.values_list("number_index", flat=True)}
        name, _at, host = (user.email or "").partition("@")
        return Party(keys=(f"{SIGN_IN}{user.pk}", *sorted(keys)), shown=f"{name[:1]}•••@{host}")
    try:
        number = numbers.parse(words)
    except numbers.NumberError:
        return None
    return Party(
        keys=(f"{NUMBER}{vault.blind_index(number.text, 'identity.number')}",), shown=numbers.long_mask(number.text)
    )


def _badge(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def _only_letters_and_digits(expression: F) -> Func:
    return Func(expression, Value("[^0-9A-Za-z]"), Value(""), Value("g"), function="regexp_replace")
