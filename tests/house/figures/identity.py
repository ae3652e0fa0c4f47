"""Figures of verifying an identity, of photos, and of documents that expire."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from accounts.identity import checks, documents, expiry, handlers, photos, risk, services
from accounts.identity.figures import figures, terms
from accounts.identity.models import Verification
from tests.factories import identity as desk
from tests.house.figures.ground import Ground, Watch, outcome

RESIDENT = next(iter(documents.KINDS))
EVERYTHING = risk.Facts(
    listed=True, not_screened=True, look_alike=True, foreign_document=True, occupation="owner", income="over_1m",
    document_unread=True,
)  # fmt: skip
STUDENT = risk.Facts(
    listed=False, not_screened=False, look_alike=False, foreign_document=False, occupation="student",
    income="over_1m", document_unread=False,
)  # fmt: skip


def ages(ground: Ground) -> list[Any]:
    """How applicants of each age are judged."""
    found, today = figures(ground.today), ground.today
    return [
        checks._age(SimpleNamespace(born_on=date(today.year - age, 1, 1)), found, today).outcome  # type: ignore[arg-type]
        for age in range(1, 150)
    ]


def soon(ground: Ground) -> list[Any]:
    """How documents are judged that run out in so many days."""
    found, today = figures(ground.today), ground.today

    def judged(days: int) -> Any:
        one: Any = SimpleNamespace(never_expires=False, expires_on=today + timedelta(days=days))
        return checks._expiry(one, found, today).outcome

    return [judged(days) for days in range(100)]


def rule(ground: Ground) -> Any:
    return figures(ground.today).rule(())


def photo(ground: Ground) -> str:
    front = desk.photos_of(desk.PERSON).by_side()["front"]
    limits = figures(ground.today).photo
    return outcome(lambda: photos.clean(front, name="front.jpg", declared="image/jpeg", limits=limits))


def another_photo(ground: Ground) -> str:
    front = desk.photos_of(desk.PERSON).by_side()["front"]
    return outcome(
        lambda: services.save_photo(
            customer=ground.customer_to_be, side="front", data=front, name="f.jpg", declared="image/jpeg",
            now=ground.now,
        )
    )  # fmt: skip


def points(ground: Ground) -> list[Any]:
    found = figures(ground.today).risk
    return [risk.rate(facts, found).points for facts in (EVERYTHING, STUDENT)]


def level(ground: Ground) -> Any:
    return risk.rate(STUDENT, figures(ground.today).risk).level


def application(ground: Ground) -> list[Any]:
    """What the searches for names are told to look for, and the reader what to believe."""
    verification = Verification(
        document_kind=RESIDENT, legal_name="王小明", number_sealed=b"", born_on=date(1990, 1, 1), customer_id=1
    )
    found = figures(ground.today)
    with (
        mock.patch.object(Verification, "number", "", create=True),
        mock.patch.object(handlers.queries, "documents_of", return_value={}),
        mock.patch.object(handlers.queries, "same_number", return_value=(0, 0)),
        mock.patch.object(handlers.watchlist, "in_force", return_value=mock.Mock(digest="d")),
        mock.patch.object(handlers.watchlist, "entries_of", return_value=[]),
        mock.patch.object(handlers.screening, "screen", return_value=[]) as screened,
        mock.patch.object(handlers.lookalikes, "search", return_value=[]) as searched,
    ):
        handlers._application(verification, handlers._Seen(None), found)
    told = screened.call_args.kwargs
    return [told["least_score"], told["years_apart"], searched.call_args.kwargs["least_score"]]


def believed(ground: Ground) -> Any:
    verification = mock.Mock(document_kind=RESIDENT)
    with (
        mock.patch.object(handlers.queries, "documents_of", return_value={}),
        mock.patch.object(handlers, "_jpeg", return_value=b"x"),
        mock.patch.object(handlers.reading, "read", return_value={}),
        mock.patch.object(handlers.reading, "compare", return_value=[]) as compared,
    ):
        handlers._read(verification, figures(ground.today))
    return compared.call_args.kwargs["least"]


def notices(ground: Ground) -> Any:
    return expiry.notices(today=ground.today, terms=terms(ground.today))


WATCHED: dict[str, Watch] = {
    **{f"identity.risk.{name}": Watch(points) for name in risk.RULES},
    **{f"identity.renewal_{one}_notice_days": Watch(notices) for one in ("first", "second", "third")},
    "identity.renewal_grace_days": Watch(notices),
    "identity.minimum_age_years": Watch(ages),
    "identity.second_review_under_age": Watch(ages),
    "identity.second_review_over_age": Watch(ages),
    "identity.review_due_hours": Watch(rule),
    "identity.claim_minutes": Watch(rule),
    "identity.document_expires_soon_days": Watch(soon),
    "identity.photo_max_pixels": Watch(photo, changed="100"),
    "identity.photo_min_side": Watch(photo, changed="9000"),
    "identity.upload_max_bytes": Watch(photo, changed="100"),
    "identity.upload_max_files": Watch(another_photo, changed="0"),
    "identity.reading_confidence": Watch(believed),
    "identity.look_alike_score": Watch(application),
    "identity.watch_list_score": Watch(application),
    "identity.watch_list_years_apart": Watch(application),
    "identity.risk_medium_from": Watch(level),
    "identity.risk_high_from": Watch(level, changed="20"),
}
