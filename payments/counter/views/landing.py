"""The counter's first page: each role lands where its work is."""

from django.http import HttpRequest, HttpResponse

from accounts.roles import Role
from payments.counter.views import till, vault
from payments.counter.views.shared import READERS, for_roles, held


@for_roles(Role.TELLER, *READERS)
def home(request: HttpRequest) -> HttpResponse:
    """Show the till to tellers, the vault to whoever keeps it, the comparison to others."""
    roles = held(request)
    if Role.TELLER in roles:
        return till.today(request)
    return vault.vault(request) if Role.BRANCH_SUPERVISOR in roles else vault.report(request)
