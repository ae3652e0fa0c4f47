"""What pages that ask for a step-up of their own share: the answer, its refusal, the redirect."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from accounts.access import stepup
from accounts.access.panel import StepUpPanel
from accounts.models import BankAccount, Customer
from accounts.queries import accounts_of
from payments.views import afterwards


def answered(
    request: HttpRequest, panel: StepUpPanel, act: Callable[[], HttpResponse], *, now: datetime
) -> HttpResponse:
    """This function will take the posted answer and let `act` go ahead; what is refused is said after a redirect."""
    if panel.passed(now=now):
        try:
            return act()
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
    panel.keep()
    return afterwards.back(request)


def currencies_of(customer: Customer) -> list[str]:
    """This function will list the currencies of a customer's open accounts as they are shown, in one query."""
    held = [account.currency for account in accounts_of(customer) if account.status == BankAccount.Status.OPEN]
    return list(dict.fromkeys(held))
