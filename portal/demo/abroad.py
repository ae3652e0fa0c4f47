"""The demo bank's money with its correspondents abroad, somebody abroad to pay, and what became of two payments."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from accounts.access import codes, stepup
from accounts.models import BankAccount, Customer
from core import workdays
from ledger import chart, posting
from ledger.calendar import business_date
from ledger.money import Money
from payments.crossborder import correspondents, gateway, queries
from payments.crossborder.embedded.simulator import OPENING, Correspondents
from payments.crossborder.fees import Charges
from payments.crossborder.models import PayeeAbroad
from payments.crossborder.services import confirming, drafts, rounds, screening
from payments.services.rules import OPERATION
from portal.demo import people

KNOWN = timedelta(days=60)
PAYEES = (
    ("Thornbury College", "12 Station Road, Leeds LS1 4DY", "GB", "GB33BUKB20201555555555", "BUKBGB22XXX", ""),
    ("Anna Schmidt", "Hauptstrasse 5, 10115 Berlin", "DE", "DE89370400440532013000", "COBADEFFXXX", "Commerzbank"),
    ("Maple Street Clinic", "400 Maple Street, Boston MA 02110", "US", "000123456789", "CHASUS33XXX", ""),
)
# What they end with says what becomes of them (payments.crossborder.embedded.fates): one arrives, one comes back.
PAID = (("Thornbury College", 310_10, "INV 2041"), ("Anna Schmidt", 420_12, "Birthday"))


def load(*, now: datetime) -> None:
    """This function will put the bank's own money with its correspondents and payees on the list; safe to run again."""
    for currency in correspondents.all_of_them():
        ids, amount = chart.ensure(currency, now=now), Money.of(OPENING, currency).minor
        posting.post(
            key=f"demo:nostro:funding:{currency}",
            kind="books.entry",
            channel="system",
            business_date=business_date(now),
            lines=[
                posting.Line(ids["nostro"], -amount, "存放境外同业"),
                posting.Line(ids["opening"], amount, "存放境外同业"),
            ],
        )
    customer = Customer.objects.get(user__email=people.CUSTOMER.email)
    for name, address, country, number, bic, bank in PAYEES:
        PayeeAbroad.objects.get_or_create(
            customer=customer,
            bic=bic,
            number=number,
            defaults={
                "name": name, "address": address, "country": country, "bank_country": country,
                "is_iban": number.startswith(country), "bank_name": bank, "key": uuid.uuid4(),
                "created_at": now - KNOWN,
            },
        )  # fmt: skip


def pay(*, now: datetime) -> None:
    """This function will send dollars abroad as a customer does, and have the embedded correspondents answer; once.

    On a day that is not worked, and where files cannot be signed, they wait: for the bank to send them.
    """
    customer = Customer.objects.get(user__email=people.CUSTOMER.email)
    dollars = BankAccount.objects.filter(customers=customer, currency="USD").first()
    sends = gateway.chosen()
    if dollars is None or sends is None or customer.user is None or customer.payments_abroad.exists():
        return
    for number, (payee, amount, memo) in enumerate(PAID):
        _paid(customer, dollars, payee, amount, memo, now=now - timedelta(minutes=15 - number))
    signs = settings.CLEARING_KEY_OUT and settings.CLEARING_KEY_IN
    if not signs or not workdays.works_on(business_date(now)):
        return
    for seconds in range(13 * 60, 0, -15):
        moment = now - timedelta(seconds=seconds)
        rounds.run(now=moment, gateway=sends)
        _banks().tick(moment)


def _banks() -> Correspondents:
    """The correspondents as `run_correspondents` goes on with them."""
    return Correspondents(
        folder=Path(settings.CROSSBORDER_DIR), seed=1, key_from_bank=settings.CLEARING_KEY_OUT,
        key_to_bank=settings.CLEARING_KEY_IN, correspondents=list(correspondents.all_of_them().values()),
    )  # fmt: skip


def _paid(customer: Customer, source: BankAccount, payee: str, amount: int, memo: str, *, now: datetime) -> None:
    to = customer.payees_abroad.get(name=payee)
    order = drafts.Order(
        source=source.public_id, payee=to.public_id, currency="USD", side=drafts.PAYEE_SIDE, given=amount,
        charges=Charges.SHA, purpose="family" if to.country == "DE" else "study", purpose_note="Demo", memo=memo,
    )  # fmt: skip
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"demo:abroad:{memo}")
    payment = queries.payment_of(customer, drafts.draft(customer=customer, key=key, order=order, now=now).payment_id)
    if payment is None or customer.user is None:
        return
    takes = confirming.takes(customer=customer, payment=payment, now=now)
    question = stepup.start(
        user=customer.user, operation=OPERATION, payload=takes.binds(confirming.shown(payment, [])), now=now
    )
    code = codes.code_at(secret=people.totp_secret(people.CUSTOMER), moment=now)
    stepup.answer(user=customer.user, challenge_id=question.id, code=code, now=now)
    confirming.confirm(
        customer=customer, payment_id=payment.public_id, challenge_id=question.id, declared=True,
        sum_confirmed=takes.total, now=now,
    )  # fmt: skip
    screening.screen(payment_id=payment.public_id, now=now)
