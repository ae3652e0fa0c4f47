"""What a machine decides about a customer by itself: said in words, and open to a person (PIPL art. 24, GDPR art. 22).

`DECISIONS` is the whole list. A decision finds whether it stands against a customer now, says why with the figures it
used, and says what happens when a person comes to another result. Where a machine prepares and a person decides
(`PREPARED`), that is said too. A room that lets a machine decide something new adds it here.

    in_review -> changed   a person came to another result; it is carried out here, once
    in_review -> stands    a person came to the same result, with reasons the customer reads

Nothing decides such a wish but people on the desk, and whoever decided one does not decide the next about the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import inbox
from accounts.identity import queries as identity
from accounts.identity.expiry import Stage
from accounts.identity.figures import APPROVER, REVIEWER
from accounts.models import Customer
from accounts.mydata.models import PersonWanted
from core import audit, policy
from core.outbox import Fact
from core.reviews import services as desk
from core.reviews.calendar import due
from core.reviews.rules import Rule
from core.reviews.subject import Reason, Text
from core.ui import formats
from ledger.calendar import business_date

SUBJECT: Final = "person"
WORKER: Final = "system: machine decisions"
SHORTEST: Final = 5  # characters of what the customer says
State = PersonWanted.State


class NotWanted(Exception):
    """There is nothing to ask a person about, or nothing was said. Nothing has changed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision that stands against a customer: which one of its kind, and what it means for them today."""

    since: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A kind of decision that no person takes part in."""

    key: str
    title: Text
    what: Text  # what the machine looks at, and what follows
    finds: Callable[[Customer, datetime], Standing | None]
    undo: Callable[[Customer], None] | None  # None: only the customer can change what it rests on
    way_out: Text


def _careful(customer: Customer, now: datetime) -> Standing | None:
    until = customer.careful_until
    if until is None or until <= now:
        return None
    shown = formats.moment(timezone.localtime(until), translation.get_language())
    return Standing(
        until.isoformat(), _("You got a new second step. Until %(until)s only small sums may leave.") % {"until": shown}
    )


def _careful_no_longer(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(careful_until=None)


def _document(customer: Customer, now: datetime) -> Standing | None:
    found = identity.standing_of(customer.document_expires_on, today=business_date(now))
    if found.stage != Stage.STOPPED or found.expires_on is None:
        return None
    day = formats.day(found.expires_on, translation.get_language())
    return Standing(
        found.expires_on.isoformat(),
        _("Your identity document expired on %(day)s. Money comes in, and does not leave.") % {"day": day},
    )


DECISIONS: Final = (
    Decision(
        "careful",
        gettext_lazy("Small sums after a lost second step"),
        gettext_lazy(
            "When you lose your second step and get a new one, the machine lets only small sums leave for some days. "
            "It looks at nothing but the day of the change. So whoever stole a phone gains little."
        ),
        _careful,
        _careful_no_longer,
        gettext_lazy("The limit ends by itself on that day, or earlier when a person lifts it."),
    ),
    Decision(
        "document",
        gettext_lazy("No money leaves with an expired document"),
        gettext_lazy(
            "When your identity document has expired and the days of grace are over, the machine lets no money leave. "
            "It looks at the date on your document. The Anti-Money Laundering Law asks this of every bank."
        ),
        _document,
        None,
        gettext_lazy("Send us your new document: the money leaves as before when we have seen it."),
    ),
)
BY_KEY: Final = {decision.key: decision for decision in DECISIONS}
PREPARED: Final[Sequence[Text]] = (
    gettext_lazy("Your identity: machines read the document and compare; people decide, always."),
    gettext_lazy("A correction of your data: people decide."),
    gettext_lazy("A new second step after you lost the old one: people decide."),
)
REASONS: Final = (
    Reason(
        "law_asks_it",
        gettext_lazy("The law leaves no choice"),
        gettext_lazy("A person has looked at it. The law asks this of us, whoever the customer is."),
        gettext_lazy("It ends as soon as what it rests on has changed; the page says how."),
    ),
    Reason(
        "protects_you",
        gettext_lazy("It still protects the customer"),
        gettext_lazy("A person has looked at it. Lifting it now would put your money at risk."),
        gettext_lazy("It ends by itself on the day that is shown."),
    ),
)


def standing(*, customer: Customer, now: datetime) -> dict[str, Standing]:
    """This function will say which decisions stand against a customer at this moment, by their keys."""
    found = {decision.key: decision.finds(customer, now) for decision in DECISIONS}
    return {key: one for key, one in found.items() if one is not None}


def wishes_of(customer: Customer) -> list[PersonWanted]:
    """This function will list a customer's wishes for a person, newest first."""
    return list(PersonWanted.objects.filter(customer=customer).order_by("-asked_at", "-id")[:10])


def ask(*, customer: Customer, decision: str, why: str, now: datetime) -> PersonWanted:
    """This function will put a decision before a person, or answer the wish that waits. Raises NotWanted."""
    why = why.strip()[:500]
    with transaction.atomic(durable=True):
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        locked = Customer.objects.select_related("user").get(pk=customer.pk)
        waits = PersonWanted.objects.filter(customer=locked, decision=decision, state=State.IN_REVIEW).first()
        if waits is not None:
            return waits
        found = standing(customer=locked, now=now).get(decision)
        if found is None or len(why) < SHORTEST:
            raise NotWanted
        hours = int(policy.value("keeping.person_hours", on=business_date(now)))
        wish = PersonWanted.objects.create(
            customer=locked,
            decision=decision,
            since=found.since,
            why=why,
            asked_at=now,
            promised_by=due(hours=hours, now=now),
        )
        desk.open_case(
            subject=SUBJECT,
            subject_id=str(wish.public_id),
            title=locked.legal_name,
            opened_by=locked.user,
            rule=Rule(
                steps=((REVIEWER, APPROVER),),
                hours=hours,
                claim_minutes=int(policy.value("keeping.claim_minutes", on=business_date(now))),
            ),
            now=now,
        )
        audit.record(
            act="mydata.person_asked", subject=wish, after={"decision": decision, "since": found.since}, now=now
        )
    return wish


def settle(*, fact: Fact, now: datetime) -> None:
    """This function will carry out what a person decided, and tell the customer, once."""
    if fact.payload["subject"] != SUBJECT:
        return
    with transaction.atomic():
        customer_id = PersonWanted.objects.values_list("customer_id", flat=True).get(
            public_id=fact.payload["subject_id"]
        )
        Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
        wish = PersonWanted.objects.select_for_update().get(public_id=fact.payload["subject_id"])
        if wish.state != State.IN_REVIEW:
            return
        wish.customer = Customer.objects.select_related("user").get(pk=customer_id)
        changed = fact.payload["verdict"] == "approve"
        decision = BY_KEY[wish.decision]
        still = decision.finds(wish.customer, now)
        if changed and decision.undo is not None and still is not None and still.since == wish.since:
            decision.undo(wish.customer)
        wish.state = State.CHANGED if changed else State.STANDS
        wish.reasons, wish.decided_at = ([] if changed else list(fact.payload["reasons"])), now
        wish.save(update_fields=["state", "reasons", "decided_at"])
        audit.record(
            act="mydata.person_decided",
            subject=wish,
            actor=WORKER,
            after={"decision": wish.decision, "state": wish.state, "reasons": wish.reasons},
            now=now,
        )
        _tell(wish, now)


def _tell(wish: PersonWanted, now: datetime) -> None:
    if wish.customer.user is None:
        return

    def text() -> tuple[str, str]:
        if wish.state == State.CHANGED:
            return _("A person has decided: it is lifted"), str(BY_KEY[wish.decision].title)
        lines = [f"{reason.tells} {reason.advice}" for reason in REASONS if reason.code in wish.reasons]
        return _("A person has decided: it stands"), "\n".join(lines)

    inbox.send(
        user=wish.customer.user,
        event="mydata.person",
        key=f"mydata.person:{wish.public_id}",
        text=text,
        link=reverse("mydata_automated"),
        now=now,
    )
