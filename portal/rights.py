"""What each staff role is for and may do, said once. The code asks here: nothing below names who may ask or decide.

- `RIGHTS`: Django permissions, set for the role's group after every migrate, so that the database says what stands
  here and nothing else. Reading rights mostly; what changes money, people or policy goes through services and other
  people.
- `ASKS`: which roles ask for which kind of change by two people; `DECIDES`: who gives its first, second … approval.
- Who decides which cases on the desk is said by each subject there, who may open which address by portal/places.csv.

Which duties one person never holds together stands in accounts/staff/duties.py.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _

from accounts.mydata.duties import Duty
from accounts.roles import Role

RIGHTS: dict[Role, tuple[str, ...]] = {
    # The desk, and the customers its cases are about, are given by role in core.reviews and accounts.admin.
    Role.TELLER: (  # works off the repair queue; the actions take others
        "clearing.view_repairitem",
        "clearing.view_payment",
        "clearing.view_statement",
        "clearing.view_statemententry",
        "clearing.view_inboundfile",
        "crossborder.view_payment",
        "crossborder.view_step",
        "recalls.view_recall",
        "recalls.view_dispute",
    ),
    Role.BRANCH_SUPERVISOR: (),  # the counter's pages are given by role and branch in payments.counter
    Role.REVIEWER: (),
    Role.APPROVER: (
        "policy.view_figure",
        "guidance.view_article",
        "clearing.view_repairitem",
        "monitoring.view_ruleversion",
    ),
    Role.SERVICE_AGENT: ("guidance.view_article", "guidance.change_article"),
    Role.MARKETER: (),
    Role.PRODUCT_MANAGER: ("policy.view_figure", "guidance.view_article", "guidance.change_article"),
    Role.RISK_OFFICER: (
        "policy.view_figure",
        "monitoring.view_ruleversion",
        "monitoring.view_alert",
        "payments.view_holding",
    ),
    # The managers' page is given by role in analytics; no record of a single customer.
    Role.MANAGER: (
        "runs.view_run",  # how far the business day has come
        "monitoring.view_ruleversion",  # what is watched, and how well: no single payment
        "deposits.view_accruedday",
        "deposits.view_settlement",
        "exchange.view_revaluation",  # the open currency positions
        "exchange.view_rate",
        "staff.view_colleague",
        "staff.enter_leave",
        "staff.end_access",
        "staff.confirm_access",
    ),
    Role.AUDITOR: (
        "audit.view_row",
        "policy.view_figure",
        "outbox.view_delivery",
        "intake.view_run",
        "intake.view_refusal",
        "payments.view_transfer",
        "payments.view_payee",
        "payments.view_standingorder",
        "payments.view_holding",
        "monitoring.view_ruleversion",
        "monitoring.view_alert",
        "clearing.view_repairitem",
        "clearing.view_payment",
        "clearing.view_statement",
        "clearing.view_statemententry",
        "clearing.view_inboundfile",
        "clearing.view_otherpayee",
        "recalls.view_dispute",
        "recalls.view_recall",
        "crossborder.view_payment",
        "crossborder.view_step",
        "crossborder.view_payeeabroad",
        "crossborder.view_message",
        "counter.view_operation",
        "deposits.view_accruedday",
        "deposits.view_settlement",
        "exchange.view_exchange",
        "exchange.view_rate",
        "exchange.view_revaluation",
        "loans.view_loan",
        "schedules.view_schedule",
        "runs.view_run",
        "cards.view_card",
        "mydata.view_look",
        "mydata.view_emergency",
        "changes.view_change",  # every change, whoever asked
        "staff.view_colleague",
    ),
    Role.ADMINISTRATOR: (
        "policy.view_figure",
        "outbox.view_delivery",
        "outbox.change_delivery",  # to try a parked delivery again
        "runs.view_run",
        "runs.change_run",  # to try a parked item again
        "intake.view_run",
        "intake.view_refusal",
        "staff.view_colleague",
        "staff.invite_colleague",
        "staff.enter_leave",
        "staff.end_access",  # takes away at once; giving anything takes other people
    ),
}

# What may have to be done while nobody is there who may do it (accounts.mydata.emergency): whose reading rights it
# lends, to whom, who is told at once, and who looks into it afterwards.
EMERGENCIES: dict[str, Duty] = {
    "customers": Duty(
        label=_("Look a customer up whose money or safety is in danger"),
        lends=frozenset({Role.AUDITOR}),
        taken_by=frozenset({Role.TELLER, Role.SERVICE_AGENT, Role.RISK_OFFICER, Role.MANAGER, Role.ADMINISTRATOR}),
        told=frozenset({Role.RISK_OFFICER, Role.MANAGER, Role.AUDITOR}),
        reviewed_by=(Role.APPROVER.value, Role.RISK_OFFICER.value),
    ),
}

# kind of change -> the roles that may ask for it
ASKS: dict[str, tuple[Role, ...]] = {
    "policy.figure": (Role.PRODUCT_MANAGER, Role.RISK_OFFICER, Role.ADMINISTRATOR),
    "staff.role": (Role.ADMINISTRATOR, Role.MANAGER),
    "review.reason": (Role.PRODUCT_MANAGER, Role.RISK_OFFICER),
    "books.entry": (Role.TELLER,),
    "books.reversal": (Role.TELLER,),
    "clearing.repair": (Role.TELLER,),
    "counter.operation": (Role.TELLER,),
    "counter.reversal": (Role.TELLER,),
    "counter.difference": (Role.TELLER,),
    "monitoring.rule": (Role.RISK_OFFICER,),
    "monitoring.pause": (Role.RISK_OFFICER,),
    "mydata.takeout": (Role.REVIEWER, Role.APPROVER, Role.AUDITOR),
    "mydata.protection": (Role.RISK_OFFICER, Role.MANAGER),
}

# kind of change -> who gives the first, the second … approval. Amount bands of the books: figures review.bands.*.
DECIDES: dict[str, tuple[tuple[Role, ...], ...]] = {
    "policy.figure": ((Role.APPROVER, Role.RISK_OFFICER), (Role.APPROVER, Role.RISK_OFFICER, Role.MANAGER)),
    "staff.role": ((Role.APPROVER, Role.RISK_OFFICER), (Role.RISK_OFFICER, Role.MANAGER)),
    "review.reason": ((Role.APPROVER, Role.RISK_OFFICER),),
    "books.entry": ((Role.APPROVER,), (Role.RISK_OFFICER, Role.MANAGER, Role.APPROVER)),
    "books.reversal": ((Role.APPROVER,), (Role.RISK_OFFICER, Role.MANAGER, Role.APPROVER)),
    "clearing.repair": ((Role.APPROVER,), (Role.RISK_OFFICER, Role.MANAGER, Role.APPROVER)),
    "counter.operation": ((Role.BRANCH_SUPERVISOR, Role.APPROVER),),
    "counter.reversal": ((Role.BRANCH_SUPERVISOR, Role.APPROVER),),
    "counter.difference": ((Role.BRANCH_SUPERVISOR, Role.APPROVER),),
    "monitoring.rule": ((Role.APPROVER, Role.RISK_OFFICER), (Role.RISK_OFFICER, Role.MANAGER, Role.APPROVER)),
    "monitoring.pause": ((Role.APPROVER, Role.RISK_OFFICER),),
    "mydata.takeout": ((Role.RISK_OFFICER, Role.MANAGER, Role.APPROVER),),
    "mydata.protection": ((Role.APPROVER, Role.RISK_OFFICER, Role.MANAGER),),
}


def asks(kind: str) -> tuple[str, ...]:
    """This function will list the roles that may ask for a kind of change."""
    return tuple(role.value for role in ASKS[kind])


def decides(kind: str) -> tuple[tuple[str, ...], ...]:
    """This function will list the roles that give each approval of a kind of change."""
    return tuple(tuple(role.value for role in step) for step in DECIDES[kind])


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
    if "auth_permission" in tables and Permission.objects.using(using).filter(codename="view_colleague").exists():
        give(using=using)  # else: migrated backwards to before the rooms were there
