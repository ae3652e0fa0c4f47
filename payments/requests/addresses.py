"""Whom a request is addressed to: an account number of this bank or a mobile number, and who that is."""

import re
import unicodedata
from dataclasses import dataclass

from accounts import contacts, masks, numbers, vault
from accounts.access.queries import person_at
from accounts.models import Customer
from payments import queries
from payments.requests.refusals import NotAnAddress

# A request says what it is for. Addresses and numbers to call have no place in it: signed out, strangers read it
# under the bank's own name.
_ADDRESS = re.compile(r"://|www\.|[a-z0-9]\.[a-z]{2}|@", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[0-9][0-9 ()-]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} *")
LONGEST_NUMBER = 6  # digits: an amount or a house number, not a telephone


@dataclass(frozen=True, slots=True)
class Address:
    """What was typed, as its asker may see it again, and what stands for it where it is counted."""

    shown: str
    index: str
    number: str = ""
    contact: contacts.Contact | None = None


def read(text: str) -> Address:
    """This function will read an account number or a mobile number as people type them. Raises NotAnAddress."""
    plain = numbers.normalise(text)
    if numbers.is_account_number(plain):
        return Address(masks.account_long(plain), vault.blind_index(plain, "request.account"), number=plain)
    try:
        contact = contacts.phone(text)
    except contacts.NotAContact as error:
        raise NotAnAddress from error
    return Address(contact.masked, contact.index, contact=contact)


def customer_at(address: Address) -> Customer | None:
    """This function will find the verified customer behind an address; None where there is none."""
    if address.contact is None:
        holder = queries.holder_of(address.number)
        found = Customer.objects.filter(pk=holder.customer_id) if holder is not None and holder.open else None
    else:
        person = person_at(address.contact)
        found = Customer.objects.filter(user=person) if person is not None and person.phone_verified_at else None
    return None if found is None else found.filter(standing=Customer.Standing.VERIFIED).first()


def leads_away(words: str) -> bool:
    """This function will say whether words hold an address, or a number long enough to be called or paid to."""
    plain = unicodedata.normalize("NFKC", words)
    if _ADDRESS.search(plain):
        return True
    numbers_in = (found.group() for found in _NUMBER.finditer(plain) if not _DATE.fullmatch(found.group()))
    return any(sum(char.isdigit() for char in number) > LONGEST_NUMBER for number in numbers_in)
