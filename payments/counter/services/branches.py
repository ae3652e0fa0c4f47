"""Setting up a branch: its vault, its tills, who works there. For `manage.py open_branch` and the demo."""

from datetime import datetime

from django.db import transaction

from accounts.models import District, User
from core import audit
from ledger import accounts, chart
from payments.counter.models import Branch, Place, Till, TillDay
from payments.counter.refusals import HasTill


def open_branch(
    *,
    code: str,
    name: str,
    name_en: str,
    currency: str,
    tills: int,
    district: District | None,
    actor: str,
    now: datetime,
) -> Branch:
    """This function will open a branch with a vault and so many tills; a repeat adds the tills that are missing.

    Raises UnknownCurrency, CodeTaken.
    """
    with transaction.atomic():
        chart.ensure(currency, now=now)
        vault = _own("vault", code, name_en, currency, now)
        branch, made = Branch.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "currency": currency,
                "district": district,
                "vault_id": vault,
                "opened_at": now,
            },
        )
        if made:
            audit.record(
                act="counter.branch_opened", subject=branch, actor=actor, after={"code": code, "name": name}, now=now
            )
        for number in range(1, tills + 1):
            account = _own("till", f"{code}-{number}", f"{name_en} {number}", currency, now)
            Till.objects.get_or_create(branch=branch, number=number, defaults={"account_id": account})
    return branch


def _own(family: str, code: str, name: str, currency: str, now: datetime) -> int:
    title, kind = chart.PREFIXES[family]
    made = accounts.open_account(
        code=chart.code(f"{family}:{code}", currency),
        name=f"{title} {name}",
        kind=kind,
        currency=currency,
        running=True,
        floor=None,
        now=now,
    )
    return made.pk


def place(*, user: User, branch: Branch, actor: str, now: datetime) -> Place:
    """This function will say that a colleague works at a branch from now on, and nowhere else. A repeat changes none.

    Raises HasTill while they still have a till in hand.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        held = Place.objects.filter(user=user, until__isnull=True).first()
        if held is not None and held.branch_id == branch.pk:
            return held
        if TillDay.objects.filter(teller=user, state__in=TillDay.LIVE).exists():
            raise HasTill
        if held is not None:
            held.until = now
            held.save(update_fields=["until"])
        made = Place.objects.create(user=user, branch=branch, since=now)
        audit.record(
            act="counter.placed",
            subject=user,
            actor=actor,
            before={"branch": held.branch.code} if held else None,
            after={"branch": branch.code},
            now=now,
        )
    return made
