"""What each staff role may see and do in the back office beside the review desk.

Read rights only, but for trying a parked delivery again; what changes money, people or policy goes through services and
a second person. Set after every migrate, so that the database says what stands here and nothing else.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, connections

from accounts.roles import Role

RIGHTS: dict[Role, tuple[str, ...]] = {
    # The desk, and the customers its cases are about, are given by role in core.reviews and accounts.admin.
    Role.REVIEWER: (),
    Role.APPROVER: (),
    # The managers' page is given by role in analytics; no record of a single customer.
    Role.MANAGER: (),
    Role.AUDITOR: (
        "audit.view_row",
        "policy.view_figure",
        "outbox.view_delivery",
        "intake.view_run",
        "intake.view_refusal",
        "payments.view_transfer",
        "payments.view_payee",
        "payments.view_standingorder",
        "loans.view_loan",
        "cards.view_card",
    ),
    Role.ADMINISTRATOR: (
        "policy.view_figure",
        "outbox.view_delivery",
        "outbox.change_delivery",  # to try a parked delivery again
        "intake.view_run",
        "intake.view_refusal",
    ),
}


def give(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """This function will make every role's group hold exactly the rights listed here."""
    wanted = {name for rights in RIGHTS.values() for name in rights}
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using)
        .filter(content_type__app_label__in={name.partition(".")[0] for name in wanted})
        .select_related("content_type")
    }
    for role, rights in RIGHTS.items():
        group, _made = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set([known[name] for name in rights])


def after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:  # noqa: ARG001
    """This function will set the rights when `migrate` has finished and every permission exists."""
    tables = connections[using].introspection.table_names()
    if "auth_permission" in tables and Permission.objects.using(using).filter(codename="view_delivery").exists():
        give(using=using)  # else: migrated backwards to before the rooms were there
