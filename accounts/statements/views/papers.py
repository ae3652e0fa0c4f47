"""Papers: a month's statement, a certificate of balance."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import paper_codes
from accounts import queries as holders
from accounts.access.decorators import customer_required
from accounts.numbers import grouped
from accounts.queries import HeldAccount
from accounts.statements import paper, papers
from accounts.statements.forms import CertificateForm
from accounts.statements.models import BalanceCertificate, MonthlyStatement
from accounts.statements.views.movements import account_of_reader, reader
from core import policy
from core.ui import formats, signing
from ledger.calendar import business_date
from ledger.money import Money


@dataclass(frozen=True)
class Month:
    """One statement, finished for the template."""

    month: date
    opening: Money
    money_in: Money
    money_out: Money
    closing: Money
    count: int
    has_pdf: bool
    search: str

    @classmethod
    def of(cls, statement: MonthlyStatement, currency: str, *, most: int) -> "Month":
        last = (statement.month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return cls(
            month=statement.month,
            opening=Money(statement.opening, currency),
            money_in=Money(statement.money_in, currency),
            money_out=Money(-statement.money_out, currency),
            closing=Money(statement.closing, currency),
            count=statement.count,
            has_pdf=statement.count <= most,
            search=f"from={statement.month.isoformat()}&to={last.isoformat()}",
        )


@never_cache
@customer_required
@require_safe
def monthly(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will list an account's statements by year, newest first."""
    account = account_of_reader(request, public_id)
    most = int(policy.value("statement.pdf_lines", on=business_date(timezone.now())))
    years: dict[int, list[Month]] = defaultdict(list)
    for statement in papers.statements_of(account):
        years[statement.month.year].append(Month.of(statement, account.currency, most=most))
    return render(
        request,
        "statements/monthly.html",
        {"account": account, "number": grouped(account.number), "years": dict(years)},
    )


@never_cache
@customer_required
@require_safe
def monthly_pdf(request: HttpRequest, public_id: uuid.UUID, year: int, month: int) -> HttpResponse:
    """This view will typeset one statement."""
    account, now = account_of_reader(request, public_id), timezone.now()
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        raise Http404
    statement = papers.statement_of(account, date(year, month, 1))
    if statement is None or statement.count > int(policy.value("statement.pdf_lines", on=business_date(now))):
        raise Http404
    made = paper.statement_pdf(
        statement, account=account, holder=holders.owner_of(account.id), language=get_language() or "en", now=now
    )
    return _pdf(made, f"statement-{account.number}-{year}-{month:02d}.pdf", now=now)


@never_cache
@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """This view will ask for a certificate, and list those of late."""
    now, customer = timezone.now(), reader(request)
    held = [account for account in holders.accounts_of(customer) if account.is_owner]
    latest = papers.yesterday(now)
    form = CertificateForm(
        request.POST if request.method == "POST" else None,
        held=held,
        latest=latest,
        initial={"key": uuid.uuid4(), "day": latest, "accounts": [str(account.public_id) for account in held]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = papers.certify(
                customer=customer,
                accounts=form.chosen,
                day=form.cleaned_data["day"],
                key=form.cleaned_data["key"],
                now=now,
            )
            _say_what_is_left_out(request, form.chosen, done.certificate)
            return HttpResponseRedirect(reverse("balance_certificate", args=[done.certificate.public_id]))
        except papers.NotYetOver:
            form.add_error("day", _("This day is not over yet. Choose yesterday or an earlier day."))
        except papers.BeforeOpening as early:
            form.add_error(
                "day",
                _("None of these accounts was open then. The first day is %(day)s.")
                % {"day": formats.day(early.first, get_language())},
            )
    return render(
        request,
        "statements/certificates.html",
        {"form": form, "held": held, "certificates": papers.certificates_of(customer)},
    )


def _say_what_is_left_out(request: HttpRequest, chosen: list[HeldAccount], made: BalanceCertificate) -> None:
    """Name the chosen accounts that were not open on the day: the paper does not speak of them."""
    certified = {one["number"] for one in made.balances}
    for account in chosen:
        if account.number not in certified:
            said = _("%(account)s is not on it: it was opened on %(day)s.")
            name = f"{account.name} {grouped(account.number)}"
            messages.info(request, said % {"account": name, "day": formats.day(account.opened_on, get_language())})


@never_cache
@customer_required
@require_safe
def certificate(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will show one certificate and lead to its PDF."""
    found = papers.certificate_of(reader(request), public_id)
    if found is None:
        raise Http404
    return render(
        request,
        "statements/certificate.html",
        {
            "certificate": found,
            "balances": [(grouped(one["number"]), Money(one["balance"], one["currency"])) for one in found.balances],
            "code": paper_codes.grouped(found.code),
            "check_url": _check_url(found.code),
        },
    )


@never_cache
@customer_required
@require_safe
def certificate_pdf(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will typeset one certificate."""
    found = papers.certificate_of(reader(request), public_id)
    if found is None:
        raise Http404
    now = timezone.now()
    made = paper.certificate_pdf(found, check_url=_check_url(found.code), language=get_language() or "en", now=now)
    return _pdf(made, f"balance-{found.at_end_of.isoformat()}.pdf", now=now)


def _check_url(code: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(settings.PAPER_CHECK, args=[code])}"


def _pdf(content: bytes, name: str, *, now: datetime) -> HttpResponse:
    answer = HttpResponse(
        signing.signed(content, reason=name.removesuffix(".pdf"), now=now), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
