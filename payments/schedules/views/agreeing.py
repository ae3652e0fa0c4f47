"""Fill in, check, confirm: a new order, or a change of one."""

import uuid
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.models import BankAccount, Customer
from accounts.numbers import grouped
from accounts.queries import HeldAccount, accounts_of
from core import policy, workdays
from ledger.calendar import business_date
from ledger.money import Money, exponent
from payments import queries as payment_queries
from payments.clearing import queries as clearing
from payments.clearing.models import OtherPayee
from payments.clearing.notices import bank_name
from payments.forms import ACCOUNT, PAYEE, SumForm
from payments.refusals import SumUnconfirmed, TransferRefused
from payments.schedules import queries, sentences, words
from payments.schedules.forms import BANK, COUNT, OPEN, TOTAL, UNTIL, ChangeForm, ScheduleForm
from payments.schedules.models import Schedule
from payments.schedules.refusals import HasEnded, MovedOn, ScheduleRefused, UnknownProposal, UnknownSchedule
from payments.schedules.rhythm import Holiday, dates
from payments.schedules.services import proposals
from payments.schedules.terms import Terms
from payments.words import in_words

PREVIEW = 5  # dates shown before confirming
ASKED_ONCE = (
    "key", "source", "to", "amount", "rhythm", "starts_on", "total", "agree", "stepup-challenge", "stepup-code",
)  # fmt: skip


def asked_once(request: HttpRequest) -> None:
    """This function will refuse a request that gives one answer twice: nobody can say which one was meant."""
    if any(len(request.POST.getlist(name)) > 1 for name in ASKED_ONCE):
        raise SuspiciousOperation("a field was sent twice")


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """The form of a new order."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    held = [account for account in accounts_of(customer) if account.status == BankAccount.Status.OPEN]
    today = business_date(now)
    targets = _targets(customer, held)
    given: dict[str, Any] = {"accounts": held, "targets": targets, "today": today, "notice_most": _notice_most(today)}
    if request.method == "POST":
        asked_once(request)
        form = ScheduleForm(data=request.POST, **given)
        if form.is_valid():
            try:
                made = proposals.propose(
                    customer=customer, key=form.cleaned_data["key"], terms=form.terms(),
                    brought=_as_id(request.POST.get("brought", "")), now=now,
                )  # fmt: skip
            except (ScheduleRefused, TransferRefused) as refusal:
                sentences.show(form, refusal)
            else:
                return HttpResponseRedirect(reverse("schedule_check", args=[made]))
    else:
        form = ScheduleForm(initial=_initial(request, held), **given)
    brought = request.POST.get("brought") or request.GET.get("brought", "")
    return render(request, "schedules/new.html", {"form": form, "accounts": held, "brought": brought})


def _notice_most(today: date) -> int:
    return int(policy.value("schedule.notice_days_most", on=today))


def _targets(customer: Customer, held: list[HeldAccount]) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    if payees := payment_queries.payees_of(customer):
        found.append(
            (_("Payees"), [(f"{PAYEE}{one.public_id}", f"{one.alias} · {one.shown_name} · {grouped(one.number)}")
                           for one in payees])
        )  # fmt: skip
    if settings.CLEARING_GATEWAY and (others := clearing.payees_of(customer)):
        found.append((_("Payees at other banks"), [(f"{BANK}{one.public_id}", _other(one)) for one in others]))
    if len(held) > 1:
        found.append((_("My accounts"), [(f"{ACCOUNT}{one.public_id}", words.account(one)) for one in held]))
    return found


def _other(one: OtherPayee) -> str:
    return f"{one.alias or one.name} · {bank_name(one.bank_code)} · {grouped(one.number)}"


def _initial(request: HttpRequest, held: list[HeldAccount]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": uuid.uuid4(), "source": str(held[0].public_id) if held else "", "rhythm": "once",
        "holiday": Holiday.SAME.value, "ends": OPEN, "notice": 1,
    }  # fmt: skip
    draft = _draft(request)
    if draft is not None:
        return found | draft
    if chosen := request.GET.get("from"):
        found["source"] = chosen
    if chosen := request.GET.get("to"):
        found["to"] = chosen if chosen.startswith((ACCOUNT, PAYEE, BANK)) else f"{PAYEE}{chosen}"
    if (order := _as_id(request.GET.get("brought", ""))) is not None:
        brought = queries.brought_along(request.customer, order)  # type: ignore[attr-defined]
        if brought is not None:
            found |= {"source": str(brought.source.public_id), "amount": brought.amount, "rhythm": "monthly"}
    return found


def _draft(request: HttpRequest) -> dict[str, Any] | None:
    """What the check page led back to, to be changed."""
    wanted = _as_id(request.GET.get("draft", ""))
    if wanted is None:
        return None
    found = queries.terms_of_proposal(request.customer, wanted)  # type: ignore[attr-defined]
    if found is None:
        return None
    key, stored = found
    return {"key": key, **_typed(Terms.read(stored))}


def _typed(terms: Terms) -> dict[str, Any]:
    """Terms as a form shows them."""
    ends = UNTIL if terms.until else COUNT if terms.count else TOTAL if terms.total else OPEN
    return {
        "source": str(terms.source),
        "to": _target(terms),
        "amount": terms.amount, "memo": terms.memo, "rhythm": (rhythm := words.rhythm_word(terms.rhythm)),
        "starts_on": terms.starts_on, "weeks": terms.every if rhythm == "weekly" and terms.every > 1 else None,
        "holiday": terms.holiday.value, "ends": ends, "until": terms.until, "count": terms.count, "total": terms.total,
        "notice": terms.notice_days,
    }  # fmt: skip


def _target(terms: Terms) -> str:
    if terms.to_bank:
        return f"{BANK}{terms.to_bank}"
    return f"{ACCOUNT}{terms.to_account}" if terms.to_account else f"{PAYEE}{terms.to_payee}"


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """The form that changes an order: amount, memo, working days, end, notice."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    schedule = queries.own(customer, schedule_id)
    if schedule is None:
        raise Http404
    if not schedule.runs:
        messages.info(request, sentences.of(HasEnded())[1])
        return HttpResponseRedirect(reverse("schedule", args=[schedule_id]))
    before, today = proposals.terms_of(schedule), business_date(now)
    given: dict[str, Any] = {
        "currency": schedule.currency, "today": today, "notice_most": _notice_most(today),
        "once": schedule.unit == "once",
    }  # fmt: skip
    if request.method == "POST":
        asked_once(request)
        form = ChangeForm(data=request.POST, **given)
        if form.is_valid():
            wanted = form.terms(before)
            if wanted == before:
                messages.info(request, _("Nothing was changed: the order stays as it is."))
                return HttpResponseRedirect(reverse("schedule", args=[schedule_id]))
            try:
                made = proposals.propose(
                    customer=customer, key=form.cleaned_data["key"], terms=wanted, changes=schedule_id,
                    version=form.cleaned_data["version"], now=now,
                )  # fmt: skip
            except (ScheduleRefused, TransferRefused) as refusal:
                sentences.show(form, refusal)
            else:
                return HttpResponseRedirect(reverse("schedule_check", args=[made]))
    else:
        form = ChangeForm(initial={**_typed(before), "key": uuid.uuid4(), "version": schedule.version}, **given)
    return render(
        request,
        "schedules/change.html",
        {"form": form, "schedule": schedule, "rhythm": words.rhythm(schedule.rhythm)},
    )


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:  # noqa: PLR0911 - one for each end
    """The check page: the whole order once more with its next dates, and the code."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    try:
        one = proposals.shown(customer=customer, proposal_id=proposal_id, now=now)
    except UnknownProposal:
        if queries.terms_of_proposal(customer, proposal_id) is None:
            raise Http404 from None
        return _start_again(request, proposal_id)
    except (ScheduleRefused, TransferRefused) as refusal:
        messages.warning(request, sentences.of(refusal)[1])
        return HttpResponseRedirect(reverse("schedules"))
    if one.made is not None:
        return HttpResponseRedirect(reverse("schedule", args=[one.made]))
    panel, error, agreed = _panel(request, one, now), "", _in_words(request, one, now)
    if request.method == "POST":
        asked_once(request)
        if (agreed is None or agreed.is_valid()) and panel.passed(now=now):
            try:
                made = proposals.confirm(
                    customer=customer, proposal_id=proposal_id, challenge_id=panel.challenge_id, session=panel.session,
                    in_words=agreed.cleaned_data["total"] if agreed else None, now=now,
                )  # fmt: skip
            except stepup.Refused as refusal:
                panel.refuse(refusal, now=now)
            except (UnknownProposal, SumUnconfirmed):  # changed in another tab, or its minutes are over
                return _start_again(request, proposal_id)
            except (MovedOn, HasEnded, UnknownSchedule) as refusal:
                messages.warning(request, sentences.of(refusal)[1])
                place = reverse("schedule", args=[one.changes.public_id]) if one.changes else reverse("schedules")
                return HttpResponseRedirect(place)
            except (ScheduleRefused, TransferRefused) as refusal:
                error = sentences.of(refusal)[1]
            else:
                done = _("The change counts from now on.") if one.changes else _("Agreed. You find it here.")
                messages.success(request, done)
                return HttpResponseRedirect(reverse("schedule", args=[made]))
    return render(request, "schedules/check.html", {**_check_values(one, panel, error), **_large(one, agreed)})


def _in_words(request: HttpRequest, one: proposals.Shown, now: datetime) -> SumForm | None:
    """The box that is ticked for a large sum; None where the sum is not large."""
    if not proposals.asked_in_words(one, now=now):
        return None
    return SumForm(request.POST) if request.method == "POST" else SumForm(initial={"total": one.terms.amount})


def _large(one: proposals.Shown, agreed: SumForm | None) -> dict[str, Any]:
    if agreed is None:
        return {}
    amount, currency = one.terms.amount, one.ends.currency
    spelled = in_words(amount, exponent=exponent(currency), currency=currency, language=get_language() or "")
    return {"agreed": agreed, "spelled": spelled}


def _start_again(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    messages.info(request, _("This was not confirmed in time. Nothing was agreed. Check it and continue."))
    return HttpResponseRedirect(f"{reverse('schedule_new')}?draft={proposal_id}")


def _panel(request: HttpRequest, one: proposals.Shown, now: datetime) -> StepUpPanel:
    figures = {
        "amount": sentences.money(one.terms.amount, one.ends.currency),
        "payee": one.ends.shown_name,
        "number": grouped(one.ends.number),
        "bank": one.ends.bank,
        "rhythm": words.rhythm(one.terms.rhythm),
        "ending": words.ending_of(one.terms, one.ends.currency),
    }
    once, bank = one.terms.unit == "once", bool(one.ends.bank)
    said = {
        (True, False): _("Pay %(amount)s to %(payee)s, account %(number)s. %(rhythm)s."),
        (False, False): _("Pay %(amount)s to %(payee)s, account %(number)s. %(rhythm)s. It ends: %(ending)s."),
        (True, True): _("Pay %(amount)s to %(payee)s at %(bank)s, account %(number)s. %(rhythm)s."),
        (False, True): _(
            "Pay %(amount)s to %(payee)s at %(bank)s, account %(number)s. %(rhythm)s. It ends: %(ending)s."
        ),
    }[once, bank]
    return StepUpPanel(
        request,
        operation=proposals.OPERATION,
        payload=proposals.approved(one),
        words=said % figures,
        proof=proposals.proof_for(one, now=now),
        now=now,
    )


def _check_values(one: proposals.Shown, panel: StepUpPanel, error: str) -> dict[str, Any]:
    terms = one.terms
    if one.changes:
        change_url = reverse("schedule_change", args=[one.changes.public_id])
    else:
        change_url = f"{reverse('schedule_new')}?draft={one.public_id}"
    return {
        "one": one,
        "stepup": panel,
        "error": error,
        "money": Money(terms.amount, one.ends.currency),
        "before": _before(one.changes),
        "source_number": grouped(one.ends.source_number),
        "destination_number": grouped(one.ends.number),
        "rhythm": words.rhythm(terms.rhythm),
        "once": terms.unit == "once",
        "ending": words.ending_of(terms, one.ends.currency),
        "holiday": words.holiday(terms.holiday),
        "memo": terms.memo or _("No memo"),
        "notice": words.notice(terms.notice_days),
        "dates": _preview(one),
        "change_url": change_url,
    }


def _before(schedule: Schedule | None) -> dict[str, Any] | None:
    """What a change takes the place of, to be shown beside it."""
    if schedule is None:
        return None
    terms = proposals.terms_of(schedule)
    return {
        "money": Money(schedule.amount, schedule.currency),
        "ending": words.ending_of(terms, schedule.currency),
        "holiday": words.holiday(terms.holiday),
        "memo": terms.memo or _("No memo"),
        "notice": words.notice(terms.notice_days),
    }


def _preview(one: proposals.Shown) -> list[dict[str, Any]]:
    """The next dates with their amounts, as they would be paid."""
    paid_count = one.changes.paid_count if one.changes else 0
    paid_total = one.changes.paid_total if one.changes else 0
    coming = dates(one.terms.rhythm, index=one.first.index, earliest=one.first.day, working=workdays.calendar())
    found: list[dict[str, Any]] = []
    for due in coming:
        amount = one.terms.ending.next_amount(one.terms.amount, paid_count=paid_count, paid_total=paid_total)
        if amount <= 0 or len(found) == PREVIEW:
            break
        found.append({"day": due.day, "agreed": due.nominal, "moved": due.day != due.nominal,
                      "money": Money(amount, one.ends.currency)})  # fmt: skip
        paid_count, paid_total = paid_count + 1, paid_total + amount
    return found
