"""Telling a payer that a payment is held, and what became of it. Handlers of facts: each message has its key.

The payee hears nothing while it is held: nothing has reached them. That it was sent is told as of every transfer.
"""

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.access import letters
from accounts.models import Customer, User
from accounts.preferences.events import MONEY, WORK, Event
from accounts.roles import Role
from core.outbox import Fact
from core.ui.formats import amount, moment
from payments import ways
from payments.models import Holding

EVENTS = (
    Event("payments.given_back", gettext_lazy("Held transfers that were not sent"), MONEY),
    Event("work.not_judged", gettext_lazy("Payments that the rules could not judge"), WORK),
)
HEARS = (Role.RISK_OFFICER.value, Role.ADMINISTRATOR.value)


def transfer_held(fact: Fact) -> None:
    """This handler will tell the payer by every way there is that a transfer is held, and where to send or stop it."""
    held = Holding.objects.filter(payment=fact.payload["transfer"]).first()
    payer = _payer(fact)
    if held is None or held.state != Holding.State.HELD or payer is None or payer.user is None:
        return

    def text() -> tuple[str, str]:
        return _("We are holding your transfer of %(amount)s") % _figures(held), _body(held)

    inbox.send(
        user=payer.user,
        event="security.payment_held",
        key=f"held:{held.payment}:{held.waits}",
        text=text,
        link=_shown(held).page,
        now=fact.created_at,
    )
    letters.tell_former(user=payer.user, purpose="security.payment_held", text=text, now=fact.created_at)


def _body(held: Holding) -> str:
    figures = _figures(held)
    if held.waits == Holding.Waits.CONFIRM:
        return (
            _("To %(payee)s. Nothing has left your account. If it was you, open this message in the portal and send it "
              "before %(until)s; otherwise stop it there. Never tell anybody a code.") % figures
        )  # fmt: skip
    if held.waits == Holding.Waits.DELAY:
        return (
            _("To %(payee)s. Nothing has left your account. It goes by itself at %(until)s; until then you can stop it "
              "in the portal.") % figures
        )  # fmt: skip
    return (
        _("To %(payee)s. Nothing has left your account. A colleague looks at it, by %(until)s at the latest; until "
          "then you can stop it in the portal.") % figures
    )  # fmt: skip


def transfer_given_back(fact: Fact) -> None:
    """This handler will tell the payer that a held transfer was not sent and that its money is free again."""
    held = Holding.objects.filter(payment=fact.payload["transfer"]).first()
    payer = _payer(fact)
    if held is None or payer is None or payer.user is None:
        return
    inbox.send(
        user=payer.user,
        event="payments.given_back",
        key=f"given_back:{held.payment}",
        text=lambda: (
            _("Your transfer of %(amount)s was not sent") % _figures(held),
            _("To %(payee)s. Nothing has left your account, and the money can be spent again.") % _figures(held),
        ),
        link=_shown(held).page,
        now=fact.created_at,
    )


def not_judged(fact: Fact) -> None:
    """This handler will tell those who answer for the payment rules that one was not judged: once an hour each."""
    hour = fact.created_at.strftime("%Y-%m-%dT%H")
    hearers = User.objects.filter(is_active=True, is_staff=True, groups__name__in=HEARS)
    for user in hearers.distinct().order_by("pk"):
        inbox.send(
            user=user,
            event="work.not_judged",
            key=f"not_judged:{hour}",
            text=lambda: (
                _("The payment rules give no verdict"),
                _("Since this hour payments are made without them: small sums to known payees go, everything else is "
                  "held. They are shown to the rules again by themselves. See why the rules are silent."),
            ),
            now=fact.created_at,
        )  # fmt: skip


def _payer(fact: Fact) -> Customer | None:
    return Customer.objects.select_related("user").filter(holdings__payment=fact.payload["transfer"]).first()


def _shown(held: Holding) -> ways.Shown:
    return ways.of(held.kind).shown(held.payment)


def _figures(held: Holding) -> dict[str, str]:
    shown = _shown(held)
    return {
        "amount": amount(shown.money.decimal, shown.money.currency),
        "payee": shown.payee,
        "until": moment(timezone.localtime(held.until), get_language()),
    }
