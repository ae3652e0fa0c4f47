"""What is sealed of people themselves, and what they answered on the review desk (core.reviews knows no vault)."""

from accounts import contacts
from accounts.sealing import Place, SealedColumn

PLACES: tuple[Place, ...] = (
    SealedColumn("accounts.User", "phone_sealed", contacts.PURPOSE, ("accounts.contacts",)),
    SealedColumn("accounts.PastContact", "sealed", contacts.PURPOSE, ("accounts.contacts",)),
    SealedColumn("reviews.Answer", "sealed", "reviews.answer:{question__public_id}", ("core.reviews.services.asking",)),
)
