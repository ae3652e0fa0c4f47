"""The back office: Django's admin, reached with a second factor only. There is no second sign-in form."""

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django_otp.admin import OTPAdminSite

from accounts.access.decorators import to_second_factor
from core.audit.backoffice import AuditedSite
from core.reviews import queries as desk_queries
from core.reviews import services as reviews


class BankAdminSite(AuditedSite, OTPAdminSite):
    """Who may not see a page is led to what is missing: signing in, the second factor, or setting one up."""

    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("Back office")
    enable_nav_sidebar = False  # the portal's own rail leads on

    # What proves who somebody is changes through the person alone, and what a role may do stands in portal/rights.py:
    # these rooms' own admin pages stay out.
    LEFT_OUT = frozenset({"account", "auth", "mfa", "usersessions"})

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models with the back office, but for those of the rooms that are left out."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        kept = [model for model in models if model._meta.app_label not in self.LEFT_OUT]
        if kept:
            super().register(kept, admin_class, **options)

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Show the desk of whoever has one, with what waits there, before what their role may look at."""
        roles = reviews.roles_of(request.user)
        desk = desk_queries.queue(request.user, roles=roles, now=timezone.now()) if reviews.kinds_for(roles) else None
        return super().index(request, {"desk": desk, **(extra_context or {})})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> TemplateResponse:
        """Show one room's records under the room's own name."""
        room = apps.app_configs.get(app_label)
        title = {"title": room.verbose_name} if room is not None else {}
        return super().app_index(request, app_label, {**title, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Give what somebody may look at; the review desk is a place of its own and stands before the list.

        A place to work is called by its own name (`place` of its admin), not by the records behind it.
        """
        found = [app for app in super().get_app_list(request, app_label) if app["app_label"] != "reviews"]
        for model in (model for app in found for model in app["models"]):
            model["name"] = getattr(self._registry[model["model"]], "place", model["name"])
        return found

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override] # noqa: ARG002
        """Lead to the portal's own page, which asks for a fresh proof first; the admin's own would not."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override] # noqa: ARG002
        """Lead to the portal's own page; nothing is ever done here."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def get_urls(self) -> list[Any]:
        """Give the back office's addresses, without Django's way from any record to any site."""
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the portal's own entrance, or to the second factor. For customers the back office does not exist."""
        back = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = reverse("admin:index")
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
        if not (request.user.is_active and request.user.is_staff):
            raise Http404
        return to_second_factor(request, back=back) or HttpResponseRedirect(back)
