"""Fill in, check, confirm."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.models import BankAccount
from accounts.numbers import grouped
from accounts.queries import HeldAccount, accounts_of
from core import policy
from core.ui import formats, numerals
from ledger.calendar import business_date
from ledger.money import Money, exponent
from payments import filling, queries, sentences, vouching
from payments.asking import Free
from payments.forms import ACCOUNT, PAYEE, TransferForm, currency_of
from payments.services import transfers
from payments.views import afterwards, served

ASKED_ONCE = ("key", "source", "to", "amount", "memo", "total", "agree", "stepup-challenge", "stepup-code")

TO_EXCHANGE = "payments.to_exchange"  # what was typed here and is exchanged on a page of its own


def asked_once(request: HttpRequest) -> None:
    """This function will refuse a request that gives one answer twice: nobody can say which one was meant."""
    if any(len(request.POST.getlist(name)) > 1 for name in ASKED_ONCE):
        raise SuspiciousOperation("a field was sent twice")


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """The form: from where, to whom, how much."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    held = [account for account in accounts_of(customer) if account.status == BankAccount.Status.OPEN]
    form, typed = None, request.POST.dict()
    if request.method == "POST":
        asked_once(request)
        form = TransferForm(request.POST, accounts=held)
        if form.is_valid():
            try:
                made = transfers.draft(customer=customer, key=form.cleaned_data["key"], order=form.order(), now=now)
            except transfers.KeyTaken as taken:
                messages.info(
                    request,
                    _("This form has already sent a transfer, shown here. Nothing more has moved. "
                      "For another one, start a new transfer."),
                )  # fmt: skip
                return HttpResponseRedirect(reverse("receipt", args=[taken.transfer_id]))
            except transfers.TransferRefused as refusal:
                if isinstance(refusal, transfers.CurrencyDiffers) and form.order().to_account is not None:
                    return _to_exchange(request)
                field, words = sentences.of_transfer(refusal)
                form.add_error(field or None, words)
            else:
                page = "receipt" if made.confirmed else "transfer_check"
                return HttpResponseRedirect(reverse(page, args=[made.transfer_id]))
    else:
        if (told := _told_of_draft(request, now)) is not None:
            return HttpResponseRedirect(told.change_url)
        typed = _initial(request, held)
    return render(
        request,
        "payments/transfer.html",
        {"form": form, **_form_values(typed, form, held, queries.payees_of(customer))},
    )


def _to_exchange(request: HttpRequest) -> HttpResponse:
    """Lead on to exchanging between the two accounts, with what was typed: kept in the session, not in the address."""
    typed = request.POST
    request.session[TO_EXCHANGE] = {
        "source": typed["source"],
        "destination": typed["to"].removeprefix(ACCOUNT),
        "sell": typed["amount"],
        "memo": typed.get("memo", ""),
    }
    messages.info(
        request, _("These two accounts are in different currencies. Here they are exchanged; nothing has moved.")
    )
    return HttpResponseRedirect(reverse("exchange"))


def _initial(request: HttpRequest, held: list[HeldAccount]) -> dict[str, Any]:
    """What the form starts with: a draft to be changed, or what a link chose."""
    source = str(held[0].public_id) if held else ""
    found: dict[str, Any] = {"key": uuid.uuid4(), "source": source, "to": "", "amount": "", "memo": ""}
    before = _draft_to_change(request)
    if before is not None:
        target = (
            f"{PAYEE}{before.payee_public_id}" if before.payee_public_id else f"{ACCOUNT}{before.destination_public_id}"
        )
        found.update(
            source=str(before.source_public_id),
            to=target,
            amount=f"{before.money.decimal:,f}",
            memo=before.memo,
        )
        if before.state == "draft":
            found["key"] = _key_of(request, before)
        return found
    found.update(filling.filled(request))
    if chosen := request.GET.get("from"):
        found["source"] = chosen
    if chosen := request.GET.get("to"):
        found["to"] = chosen if chosen.startswith((ACCOUNT, PAYEE)) else f"{PAYEE}{chosen}"
    return found


def _draft_to_change(request: HttpRequest) -> queries.TransferRecord | None:
    try:
        wanted = uuid.UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    found = queries.transfer_of(request.customer, wanted)  # type: ignore[attr-defined]
    return found if found is not None and found.state not in {"confirmed", "held"} else None


def _told_of_draft(request: HttpRequest, now: datetime) -> vouching.Told | None:
    """What a higher room says of a draft that is to be changed: it has a form of its own."""
    before = _draft_to_change(request)
    return vouching.told(before.public_id, now=now) if before is not None and before.payee_id else None


def _key_of(request: HttpRequest, before: queries.TransferRecord) -> uuid.UUID:
    """The same form as before, so that the changed order takes the place of the first."""
    key: uuid.UUID = request.customer.transfers.values_list("key", flat=True).get(pk=before.id)  # type: ignore[attr-defined]
    return key


def _form_values(
    typed: dict[str, Any], form: TransferForm | None, held: list[HeldAccount], payees: list[queries.KnownPayee]
) -> dict[str, Any]:
    """The form as plain values for a template written by hand."""
    chosen, target = typed.get("source", ""), typed.get("to", "")
    currency = currency_of(chosen, held)
    return {
        "typed": typed,
        "errors": form.errors if form else {},
        "unit": formats.SYMBOLS.get(currency, currency),
        "accounts": [
            {
                "id": str(account.public_id),
                "name": account.name,
                "number": grouped(account.number),
                "available": None if account.available is None else Money(account.available, account.currency),
                "chosen": str(account.public_id) == chosen,
                "target": f"{ACCOUNT}{account.public_id}",
                "targeted": f"{ACCOUNT}{account.public_id}" == target,
            }
            for account in held
        ],
        "payees": [
            {
                "target": f"{PAYEE}{payee.public_id}",
                "text": f"{payee.alias} · {payee.shown_name} · {grouped(payee.number)}",
                "targeted": f"{PAYEE}{payee.public_id}" == target,
            }
            for payee in payees
        ],
    }


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """The check page: everything that matters once more, and the code. A refused POST redirects back to it."""
    now = timezone.now()
    found = waiting(request, transfer_id, now)
    if isinstance(found, HttpResponse):
        return found
    transfer, takes = found
    if takes.total is not None and takes.total != transfer.confirmed_sum:
        return HttpResponseRedirect(reverse("transfer_sum", args=[transfer_id]))
    if request.method == "POST":
        asked_once(request)
        return _confirm(request, transfer, takes, now)
    left = afterwards.said(request)
    panel = None if takes.free and not left.get("ask") else _panel(request, transfer, takes, now)
    return render(request, "payments/transfer_check.html", _check_values(request, transfer, takes, panel, left, now))


def waiting(
    request: HttpRequest, transfer_id: uuid.UUID, now: datetime
) -> tuple[queries.TransferRecord, transfers.Asked] | HttpResponse:
    """This function will give a transfer that waits for its payer and what it takes now, or where else to go."""
    customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user
    transfer = queries.transfer_of(customer, transfer_id)
    if transfer is None:
        raise Http404
    if transfer.state in transfers.CONFIRMED_ONCE:
        return HttpResponseRedirect(reverse("receipt", args=[transfer_id]))
    if transfer.state != "draft" or transfer.expires_at <= now:
        return start_again(request, transfer_id)
    standing = queries.standing(
        customer_id=transfer.payer_id, currency=transfer.currency, payee_id=transfer.payee_id, now=now
    )
    takes = transfers.asked(
        transfer, standing=standing, careful_until=customer.careful_until, seconds=transfers.UNHURRIED, now=now
    )
    return transfer, takes


def _confirm(
    request: HttpRequest, transfer: queries.TransferRecord, takes: transfers.Asked, now: datetime
) -> HttpResponse:
    """Confirm once; whatever is refused is said on the same page after a redirect."""
    answers = "stepup-challenge" in request.POST
    panel = _panel(request, transfer, takes, now) if answers or not takes.free else None
    if panel is not None and not panel.passed(now=now):
        panel.keep()
        return afterwards.back(request)
    try:
        made = transfers.confirm(
            customer=request.customer,  # type: ignore[attr-defined]
            transfer_id=transfer.public_id,
            challenge_id=panel.challenge_id if panel else None,
            session=panel.session if panel else "",
            served_at=served.read(request.POST.get("served", ""), transfer.public_id),
            now=now,
        )
    except stepup.Refused as refusal:
        if panel is not None:
            panel.refuse(refusal, now=now)
            panel.keep()
        return afterwards.back(request, ask=True)
    except transfers.DraftVoid:
        return start_again(request, transfer.public_id)
    except transfers.SumUnconfirmed:
        return HttpResponseRedirect(reverse("transfer_sum", args=[transfer.public_id]))
    except transfers.TransferRefused as refusal:
        return afterwards.back(request, error=sentences.of_transfer(refusal)[1])
    return HttpResponseRedirect(reverse("receipt", args=[made.transfer_id]))


def start_again(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """This function will lead back to the form, filled in as before, because the draft can no longer be confirmed."""
    messages.info(request, _("This transfer was not confirmed in time. No money has moved. Check it and continue."))
    return HttpResponseRedirect(f"{reverse('transfer')}?draft={transfer_id}")


def _panel(
    request: HttpRequest, transfer: queries.TransferRecord, takes: transfers.Asked, now: datetime
) -> StepUpPanel:
    sentence = _("Send %(amount)s to %(payee)s, account %(number)s") % {
        "amount": sentences.money(transfer.amount, transfer.currency),
        "payee": transfer.shown_name,
        "number": grouped(transfer.destination_number),
    }
    return StepUpPanel(
        request,
        operation=transfers.OPERATION,
        payload=takes.binds(transfers.shown(transfer)),
        words=sentence,
        proof=takes.proof,
        now=now,
    )


def _check_values(
    request: HttpRequest,
    transfer: queries.TransferRecord,
    takes: transfers.Asked,
    panel: StepUpPanel | None,
    said: dict[str, Any],
    now: datetime,
) -> dict[str, Any]:
    source = next(
        (held for held in accounts_of(request.customer) if held.public_id == transfer.source_public_id),  # type: ignore[attr-defined]
        None,
    )
    left = None if source is None or source.available is None else source.available - transfer.amount
    return {
        "transfer": transfer,
        "stepup": panel,
        "error": said.get("error", ""),
        "asked_after_all": said.get("ask", False) and bool(takes.free),
        "free": takes.free if panel is None and takes.free in set(Free) else "",
        "total": Money(takes.total, transfer.currency) if takes.total else None,
        "served": served.stamp(transfer.public_id, now=now),
        "source_number": grouped(transfer.source_number),
        "destination_number": grouped(transfer.destination_number),
        "fee": Money(0, transfer.currency),
        "after": None if left is None or left < 0 else Money(left, transfer.currency),
        "words": in_words(transfer, now=now),
        "told": vouching.told(transfer.public_id, now=now) if transfer.payee_id else None,
        "change_url": f"{reverse('transfer')}?draft={transfer.public_id}",
    }


def in_words(transfer: queries.TransferRecord, *, now: datetime) -> str:
    """This function will write a large sum in Chinese capital words; "" for a small one or one without the figure."""
    key = f"transfer.words_from.{transfer.currency.lower()}"
    try:
        least = Money.of(str(policy.value(key, on=business_date(now))), transfer.currency).minor
    except policy.UnknownPolicy:
        return ""
    if transfer.amount < least:
        return ""
    return numerals.capital(transfer.amount, exponent(transfer.currency), transfer.currency)
