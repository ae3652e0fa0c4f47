"""The interest of an account: what has grown, how it is worked out, what was credited; and to have it now."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access.decorators import customer_required
from accounts.models import BankAccount
from accounts.numbers import grouped
from accounts.statements.views.movements import account_of_reader, reader
from ledger.calendar import business_date
from products.deposits import figures, queries, settling


@never_cache
@customer_required
@require_safe
def interest(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What has grown on an account until yesterday, and every period before."""
    account, now = account_of_reader(request, public_id), timezone.now()
    running = queries.so_far(account, now=now)
    return render(
        request,
        "deposits/interest.html",
        {
            "account": account,
            "number": grouped(account.number),
            "running": running,
            "periods": queries.periods(account),
            "settles_on": figures.settles_on(on=business_date(now)),
            "may_have_it_now": bool(running and running.interest.minor and account.is_owner and not account.booked),
        },
    )


@customer_required
@require_POST
def pay_out(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Credit what has grown on an empty account at once, so that it can be closed."""
    account = account_of_reader(request, public_id)
    try:
        settling.pay_out(customer=reader(request), account_id=public_id, now=timezone.now())
    except settling.NotEmpty:
        messages.warning(
            request,
            _(
                "There is money on the account, so its interest comes with the quarter. Nothing was credited. To close "
                "the account, send the money on first."
            ),
        )
    except (settling.NothingToPayOut, BankAccount.DoesNotExist):
        messages.info(request, _("There is no interest that could be credited now. Nothing has changed."))
    else:
        messages.success(request, _("The interest is on the account."))
        return HttpResponseRedirect(reverse("statement", args=[account.public_id]))
    return HttpResponseRedirect(reverse("account_interest", args=[account.public_id]))
