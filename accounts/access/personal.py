"""What signing in keeps of a customer (accounts.personal): sessions, devices, second factors. Never a secret."""

from collections.abc import Iterator, Sequence

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from accounts.access import agents
from accounts.access.models import KnownDevice
from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's second factors, sessions and known browsers."""
    user_id = customer.user_id
    return [
        Section(
            key="second_factors",
            group="security",
            title=_("Second steps"),
            note=_("Their secrets are never shown and in no copy."),
            columns=[
                Column("kind", _("Method"), "mfa.Authenticator.type"),
                Column("added_at", _("Added"), "mfa.Authenticator.created_at"),
                Column("used_at", _("Last used"), "mfa.Authenticator.last_used_at"),
            ],
            rows=lambda: (
                (Coded(one.type, one.get_type_display()), one.created_at, one.last_used_at)
                for one in Authenticator.objects.filter(user_id=user_id).order_by("id")
            ),
        ),
        Section(
            key="sessions",
            group="security",
            title=_("Where you are signed in"),
            columns=[
                Column("device", _("Device"), "usersessions.UserSession.user_agent"),
                Column("network_address", _("Network address"), "usersessions.UserSession.ip"),
                Column("since", _("Since"), "usersessions.UserSession.created_at"),
                Column("last_seen_at", _("Last seen"), "usersessions.UserSession.last_seen_at"),
            ],
            rows=lambda: _sessions(user_id),
        ),
        Section(
            key="devices",
            group="security",
            title=_("Browsers you have signed in with"),
            columns=[
                Column("name", _("Your name for it"), "access.KnownDevice.name"),
                Column("device", _("Device"), "access.KnownDevice.agent"),
                Column("first_seen_at", _("First seen"), "access.KnownDevice.first_seen_at"),
                Column("last_seen_at", _("Last seen"), "access.KnownDevice.last_seen_at"),
            ],
            rows=lambda: (
                (one.name, agents.describe(one.agent), one.first_seen_at, one.last_seen_at)
                for one in KnownDevice.objects.filter(user=customer.user).order_by("-last_seen_at")
            ),
        ),
    ]


def _sessions(user_id: int | None) -> Iterator[Sequence[Value]]:
    for one in UserSession.objects.filter(user_id=user_id).order_by("-created_at"):
        yield agents.describe(one.user_agent), one.ip, one.created_at, one.last_seen_at
