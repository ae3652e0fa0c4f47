"""A customer at the counter: found, served, checked with, and the slip in their hand."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import masks
from accounts import queries as held_accounts
from accounts.numbers import grouped
from accounts.roles import Role
from ledger.calendar import business_date
from ledger.money import Money, exponent
from payments.counter import figures, queries, receipts
from payments.counter.forms import FindForm, NoteForm, OperationForm, ReasonForm
from payments.counter.models import Operation, Visit
from payments.counter.refusals import AsksReason, NotDone, Unknown
from payments.counter.services import operations, rules, undoing, visits
from payments.counter.views import till
from payments.counter.views.shared import HOME, for_roles, me, page, said
from payments.words import in_words

VISIT, OPERATION = "admin:counter_visit", "admin:counter_operation"
TITLES = {
    Operation.Kind.DEPOSIT: lambda: _("Cash deposit"),
    Operation.Kind.WITHDRAWAL: lambda: _("Cash withdrawal"),
    Operation.Kind.TRANSFER: lambda: _("Transfer"),
}
TONES = {"draft": "info", "waiting": "waiting", "done": "good", "dropped": "bad"}


@for_roles(Role.TELLER)
def find(request: HttpRequest) -> HttpResponse:
    """Find one customer by a whole number, the document in hand."""
    form = FindForm(request.POST, asks_reason="reason" in request.POST)
    if not form.is_valid():
        return till.today(request, find=form)
    typed = form.cleaned_data
    try:
        visit = visits.begin(
            teller=me(request),
            number=typed["number"],
            sighted=form.given(),
            reason=typed.get("reason", ""),
            now=timezone.now(),
        )
    except Unknown:
        return redirect(HOME)
    except AsksReason as error:
        form = FindForm(request.POST, asks_reason=True)
        form.is_valid()
        form.errors.pop("reason", None)
        form.add_error("reason", str(error))
        return till.today(request, find=form)
    except NotDone as error:
        form.add_error(error.field or None, str(error))
        return till.today(request, find=form)
    return redirect(VISIT, visit.public_id)


def _visit(request: HttpRequest, public_id: uuid.UUID) -> Visit:
    visit = queries.visit_of(me(request), public_id)
    if visit is None:
        raise Http404
    return visit


@for_roles(Role.TELLER)
def serve(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The customer before the teller: who they are, their accounts, and what they may want."""
    visit = _visit(request, public_id)
    now, customer = timezone.now(), visit.customer
    over = visit.ended_at is not None or now >= visit.ends_at
    accounts = [] if over else held_accounts.accounts_of(customer)
    context = {
        "title": customer.legal_name,
        "visit": visit,
        "over": over,
        "phone": customer.user.masked_phone if customer.user else "",
        "accounts": [
            {
                "number": grouped(one.number),
                "name": one.class_name,
                "role": one.is_owner,
                "open": one.status == "open",
                "available": Money(one.available, one.currency),
            }
            for one in accounts
        ],
        "kinds": [(kind.value, TITLES[kind]()) for kind in Operation.Kind],
        "operations": Operation.objects.filter(visit=visit).exclude(state="dropped").order_by("-id")[:20],
    }
    return page(request, "visit.html", context)


@for_roles(Role.TELLER)
def leave(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The customer has left; the next one's document is sighted."""
    visits.end(visit=_visit(request, public_id), now=timezone.now())
    return redirect(HOME)


@for_roles(Role.TELLER)
def fill_in(request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """One form for one operation."""
    visit = _visit(request, public_id)
    if kind not in Operation.Kind.values:
        raise Http404
    now, currency = timezone.now(), visit.day.till.branch.currency
    accounts = [
        one for one in held_accounts.accounts_of(visit.customer) if one.status == "open" and one.currency == currency
    ]
    given = request.POST if request.method == "POST" else None
    form = OperationForm(given, initial={"key": uuid.uuid4()}, kind=kind, accounts=accounts, currency=currency)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.draft(
                teller=me(request), visit=visit, key=form.cleaned_data["key"], order=form.order(), now=now
            )
        except NotDone as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(OPERATION, made.operation.public_id)
    context = {
        "title": TITLES[Operation.Kind(kind)](),
        "form": form,
        "visit": visit,
        "kind": kind,
        "accounts": accounts,
        "alone": Money(figures.alone_most(kind, currency=currency, on=business_date(now)), currency),
    }
    return page(request, "operation_new.html", context)


def _operation(request: HttpRequest, public_id: uuid.UUID) -> Operation:
    operation = queries.operation_of(me(request), public_id)
    if operation is None:
        raise Http404
    return operation


@for_roles(Role.TELLER)
def operation(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The check page; while a second person decides, how it stands; once it is done, what came of it."""
    return _shown(request, _operation(request, public_id), NoteForm())


def _shown(request: HttpRequest, found: Operation, form: NoteForm) -> HttpResponse:
    now, asked = timezone.now(), undoing.asked_of(found)
    context = {
        "title": TITLES[Operation.Kind(found.kind)](),
        "form": form,
        "operation": found,
        "money": Money(found.amount, found.currency),
        "words": in_words(
            found.amount, exponent=exponent(found.currency), currency=found.currency, language=get_language() or ""
        ),
        "account": grouped(found.account.number),
        "destination": grouped(found.destination.number) if found.destination else "",
        "state": found.get_state_display(),
        "tone": TONES[found.state],
        "undone": found.reversal_id is not None,
        "why": rules.why_second(found, now=now) if found.state == Operation.State.DRAFT else (),
        "decided": found.change is not None and not found.change.waits,
        "undoing": asked,
        "may_undo": _may_undo(found) and not (asked is not None and asked.waits),
        "document": f"{found.visit.get_document_kind_display()} {masks.DOTS}{found.visit.document_ending}",
    }
    return page(request, "operation.html", context)


def _may_undo(found: Operation) -> bool:
    try:
        undoing.judge(found, now=timezone.now())
    except NotDone:
        return False
    return True


@for_roles(Role.TELLER)
def confirm(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Carry it out, or hand it to a second person."""
    found, form = _operation(request, public_id), NoteForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    try:
        made = operations.confirm(
            teller=me(request), operation_id=public_id, note=form.cleaned_data["note"], now=timezone.now()
        )
    except NotDone as error:
        form.add_error(None, str(error))
        return _shown(request, _operation(request, public_id), form)
    if made.operation.state == Operation.State.DONE:
        messages.success(request, _("Done. Print the receipt and hand it over."))
    else:
        messages.info(request, _("A second person is asked. Nothing has moved yet."))
    return redirect(OPERATION, public_id)


@for_roles(Role.TELLER)
def drop(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Lay it aside; nothing has moved."""
    found = _operation(request, public_id)
    try:
        operations.drop(teller=me(request), operation_id=public_id, now=timezone.now())
    except NotDone as error:
        return said(request, error, OPERATION, public_id)
    messages.success(request, _("Laid aside. No money has moved."))
    return redirect(VISIT, found.visit.public_id)


@for_roles(Role.TELLER)
def undo(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask a second person to undo what was done today."""
    found = _operation(request, public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change = undoing.ask(
                teller=me(request), operation_id=public_id, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except NotDone as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.info(request, _("%(number)s waits for a colleague's decision.") % {"number": change.number})
            return redirect(OPERATION, public_id)
    money = Money(found.amount, found.currency)
    return page(
        request,
        "undo.html",
        {"title": _("Undo an operation"), "form": form, "operation": found, "money": money, "may": _may_undo(found)},
    )


@for_roles(Role.TELLER)
def slip(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The receipt on paper, the same that the customer finds online."""
    found = _operation(request, public_id)
    try:
        paper = receipts.slip(operation=found, teller=me(request), now=timezone.now())
    except Unknown as error:
        raise Http404 from error
    answer = HttpResponse(paper, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="receipt-{found.reference}.pdf"'
    return answer
