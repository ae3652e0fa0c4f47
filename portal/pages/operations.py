"""What those who run the portal look at: whether the trail is sealed, proven, and known outside this machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access.decorators import staff_required
from accounts.roles import Role
from core.audit import queries, shipping


@never_cache
@staff_required(Role.ADMINISTRATOR, Role.AUDITOR)
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Show how old the last seal, the last anchor of each way out, and the last proof are."""
    context = {"trail": shipping.standing(now=timezone.now()), "sealing": queries.health()}
    return render(request, "pages/operations.html", context)
