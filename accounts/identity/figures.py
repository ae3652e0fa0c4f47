"""The policy figures of identity checks, read from the dated table at the moment they are needed."""

from dataclasses import dataclass
from datetime import date

from accounts.identity.expiry import Terms
from accounts.identity.photos import Limits
from accounts.identity.risk import RULES, Points
from core import policy
from core.reviews.rules import Rule

REVIEWER, APPROVER = "reviewer", "approver"


@dataclass(frozen=True)
class Figures:
    """What the bank has laid down for identity checks on a day."""

    least_age: int  # years
    two_reviewers_under_age: int
    two_reviewers_over_age: int
    due_hours: int
    claim_minutes: int
    expires_soon_days: int
    most_photos: int  # sent for one application
    photo: Limits
    least_reading: int  # per cent of confidence below which print counts as not read
    alike_from: int  # of 100: names that resemble this much may be one person's
    listed_from: int  # of 100: names that resemble an entry of the watch list this much are shown
    years_apart: int  # between a year of birth and the listed one
    risk: Points

    def rule(self, why: tuple[str, ...]) -> Rule:
        """This function will make the rule of a case: two different people where there is a reason to look twice."""
        first: tuple[tuple[str, ...], ...] = ((REVIEWER, APPROVER),)
        return Rule(
            steps=(*first, (APPROVER,)) if why else first,
            hours=self.due_hours,
            claim_minutes=self.claim_minutes,
            why=why,
        )


NOTICES = ("first", "second", "third")


def terms(on: date) -> Terms:
    """This function will read what holds on a day for documents that expire. Raises core.policy.UnknownPolicy."""
    return Terms(
        notice_days=tuple(int(policy.value(f"identity.renewal_{one}_notice_days", on=on)) for one in NOTICES),
        grace_days=int(policy.value("identity.renewal_grace_days", on=on)),
    )


def figures(on: date) -> Figures:
    """This function will read what holds on a day. Raises core.policy.UnknownPolicy."""

    def number(key: str) -> int:
        return int(policy.value(f"identity.{key}", on=on))

    return Figures(
        least_age=number("minimum_age_years"),
        two_reviewers_under_age=number("second_review_under_age"),
        two_reviewers_over_age=number("second_review_over_age"),
        due_hours=number("review_due_hours"),
        claim_minutes=number("claim_minutes"),
        expires_soon_days=number("document_expires_soon_days"),
        most_photos=number("upload_max_files"),
        photo=Limits(
            most_bytes=number("upload_max_bytes"),
            most_pixels=number("photo_max_pixels"),
            least_side=number("photo_min_side"),
        ),
        least_reading=number("reading_confidence"),
        alike_from=number("look_alike_score"),
        listed_from=number("watch_list_score"),
        years_apart=number("watch_list_years_apart"),
        risk=Points(
            each={rule: number(f"risk.{rule}") for rule in RULES},
            medium_from=number("risk_medium_from"),
            high_from=number("risk_high_from"),
        ),
    )
