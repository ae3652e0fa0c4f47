"""What the bank keeps about me, and who looked at it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Customer
from accounts.mydata import collecting, queries
from accounts.mydata.decorators import present_or_former_customer_required


@never_cache
@present_or_former_customer_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show everything the bank keeps about the customer, by group: what for, on what ground, how long."""
    customer: Customer = request.customer  # type: ignore[attr-defined]
    closing = queries.closing_of(customer)
    return render(
        request,
        "mydata/overview.html",
        {
            "kept": collecting.kept(customer=customer, language=get_language() or ""),
            "former": customer.standing == Customer.Standing.CLOSED,
            "closing": closing,
            "now": timezone.now(),
        },
    )


@never_cache
@present_or_former_customer_required
@require_safe
def looked(request: HttpRequest) -> HttpResponse:
    """Show who at the bank opened what is covered otherwise."""
    rows = [
        {"row": row, "role": queries.staff_role_label(row.role)}
        for row in queries.disclosures_of(request.customer)  # type: ignore[attr-defined]
    ]
    return render(request, "mydata/looked.html", {"rows": rows})
