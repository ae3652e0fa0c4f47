"""Looking at a payment before it leaves: the payee against the watch list, the country, the pattern of splitting, and
what the rules against fraud said of it when it was confirmed.

Done on a worker, after the money is in transit. Nothing found and no documents to judge: it leaves by itself. Anything
else becomes a case on the desk, with every check and its evidence. No list in force: nobody is cleared.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.identity import screening, watchlist
from accounts.identity.figures import figures as identity_figures
from accounts.identity.models import WatchList
from accounts.identity.screening import Hit
from core.reviews import services as desk
from core.reviews.rules import Rule
from core.ui import formats
from ledger.calendar import business_date
from ledger.money import Money
from payments import watching
from payments.crossborder import countries, figures, queries
from payments.crossborder.figures import WORTH
from payments.crossborder.models import Payment
from payments.crossborder.quota import Basis
from payments.crossborder.services import moves
from payments.crossborder.services.confirming import SUBJECT, is_kept_back
from payments.crossborder.states import State

PASS, WARN, COULD_NOT_RUN = "pass", "warn", "could_not_run"
SECOND_STEP = ("approver", "risk_officer", "manager")


@dataclass(frozen=True)
class Finding:
    """What one check found; `sentence` is called in the language of its reader."""

    name: str
    outcome: str
    sentence: Callable[[], str]
    evidence: Mapping[str, Any] = field(default_factory=dict)


def hits(*, name: str, edition: WatchList, on: date) -> list[Hit]:
    """This function will list the entries of the watch list that a name resembles, the nearest first."""
    return screening.screen(
        name=name,
        birth_year=None,  # nobody knows a payee's
        entries=watchlist.entries_of(edition),
        least_score=figures.listed_from(on=on),
        years_apart=identity_figures(on).years_apart,
    )


def screen(*, payment_id: uuid.UUID | str, now: datetime) -> State | None:
    """This function will look at an accepted payment, once, and say where it stands then; None when that was done."""
    found = Payment.objects.get(public_id=payment_id)
    if found.state != State.ACCEPTED:
        return None
    today = business_date(now)
    edition = watchlist.in_force()
    seen = _findings(found, edition, today)
    with transaction.atomic():
        payment = queries.locked(Payment.objects, found.public_id)
        if payment is None or payment.state != State.ACCEPTED:
            return None
        why = tuple(finding.name for finding in seen if finding.outcome != PASS)
        if not why and payment.basis != Basis.PAPERS:
            moves.step(payment, State.READY, now=now)
            return State.READY
        case = desk.open_case(
            subject=SUBJECT,
            subject_id=str(payment.public_id),
            title=f"{payment.payer_name} → {payment.payee_name}"[:160],
            opened_by=payment.payer.user,
            rule=_rule(payment, why, today),
            now=now,
        )
        for finding in seen:
            desk.record_check(
                case=case, name=finding.name, outcome=finding.outcome, evidence=finding.evidence,
                sentence=finding.sentence, now=now,
            )  # fmt: skip
        moves.step(payment, State.REVIEW, now=now)
    return State.REVIEW


def _rule(payment: Payment, why: Sequence[str], today: date) -> Rule:
    """Four eyes by band; whatever a check was not clear about takes a second person whatever the sum."""
    found = figures.rule(usd=payment.usd, why=tuple(why), on=today)
    return replace(found, steps=(*found.steps, SECOND_STEP)) if why and found.approvals == 1 else found


def _findings(payment: Payment, edition: WatchList | None, today: date) -> list[Finding]:
    return [
        _listed(payment, edition, today),
        _country(payment, today),
        _split(payment, today),
        _ground(payment, today),
        *_rules(payment),
    ]


def _rules(payment: Payment) -> list[Finding]:
    """What the rules against fraud said when it was confirmed; nothing of what was confirmed before they looked."""
    if payment.outcome is None:
        return []
    if payment.not_judged:
        kept = is_kept_back(payment)
        small: Callable[[], str] = lambda: _(  # noqa: E731 - said in the reader's language
            "The rules against fraud gave no verdict. A small sum to a known payee goes without one."
        )
        blind: Callable[[], str] = lambda: _("The rules against fraud gave no verdict: look at it yourself.")  # noqa: E731
        return [Finding("rules", COULD_NOT_RUN if kept else PASS, blind if kept else small)]
    found = watching.found(payment.public_id)
    evidence = {
        "outcome": payment.outcome,
        "hits": [{"code": one.code, "version": one.version, "live": one.live, **one.measured} for one in found],
    }
    if not found:
        return [Finding("rules", PASS, lambda: _("The rules against fraud found nothing."), evidence)]

    def sentence() -> str:
        return "\n".join(f"{one.code} · {one.sentence()}" for one in found)

    return [Finding("rules", WARN if is_kept_back(payment) else PASS, sentence, evidence)]


def _listed(payment: Payment, edition: WatchList | None, today: date) -> Finding:
    if edition is None:
        return Finding("watch_list", COULD_NOT_RUN, lambda: _("No watch list is in force: nobody can be cleared."))
    found = hits(name=payment.payee_name, edition=edition, on=today)
    evidence = {
        "list": edition.digest,
        "hits": [{"reference": hit.reference, "name": hit.name, "score": hit.score} for hit in found],
    }
    if not found:
        return Finding("watch_list", PASS, lambda: _("The payee's name resembles nobody on the watch list."), evidence)
    first = found[0]
    return Finding(
        "watch_list",
        WARN,
        lambda: (
            ngettext(
                "The payee's name resembles %(count)d entry of the watch list: %(name)s (%(score)d of 100).",
                "The payee's name resembles %(count)d entries of the watch list; the nearest is %(name)s (%(score)d of "
                "100).",
                len(found),
            )
            % {"count": len(found), "name": f"{first.name}, {first.reference}", "score": first.score}
        ),
        evidence,
    )


def _country(payment: Payment, today: date) -> Finding:
    watched = figures.countries_watched(on=today)
    places = sorted({payment.bank_country, payment.payee_country})
    found = [code for code in places if code in watched]
    evidence = {"countries": places, "watched": found}

    def named(codes: Sequence[str]) -> str:
        return ", ".join(countries.name(code, get_language() or "en") for code in codes)

    if not found:
        return Finding(
            "country",
            PASS,
            lambda: _("%(countries)s: on no list of watched countries.") % {"countries": named(places)},
            evidence,
        )
    return Finding(
        "country",
        WARN,
        lambda: _("%(countries)s: every payment there is looked at by people.") % {"countries": named(found)},
        evidence,
    )


def _split(payment: Payment, today: date) -> Finding:
    """Several people of this bank to one payee within a few days: the pattern by which a quota is passed around."""
    days, most = figures.split_days(on=today), figures.split_people(on=today)
    payers = queries.payers_of(payment, since=today - timedelta(days=days - 1))
    evidence = {"people": payers, "days": days, "from": most}
    facts = {"count": payers, "days": days}
    sentence: Callable[[], str] = lambda: (  # noqa: E731 - said in the reader's language
        ngettext(
            "%(count)d person has paid this account within %(days)d days.",
            "%(count)d people have paid this account within %(days)d days.",
            payers,
        )
        % facts
    )
    return Finding("split", WARN if payers >= most else PASS, sentence, evidence)


def _ground(payment: Payment, today: date) -> Finding:
    """How much was left without documents when the payment was confirmed; what it took itself is not counted."""
    buys = payment.quote is not None
    held = queries.year_of(payment.payer, on=today) if buys else queries.day_of(payment.payer, on=today)
    value, left = Money(payment.usd, WORTH), Money(held.left, WORTH)
    evidence = {"basis": payment.basis, "usd": payment.usd, "used": held.used, "most": held.most}
    facts = {"value": (value.decimal, WORTH), "left": (left.decimal, WORTH)}

    def sentence() -> str:
        said = {name: formats.amount(*pair) for name, pair in facts.items()}
        if payment.basis == Basis.PAPERS:
            return _("Worth %(value)s, beyond the %(left)s that go without documents: the documents decide.") % said
        return _("Worth %(value)s, within what goes without documents.") % said

    return Finding("ground", PASS, sentence, evidence)
