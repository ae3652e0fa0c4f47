"""Payments abroad for tests. Money comes through the books' own door."""

import io
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image, ImageDraw

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.identity import watchlist
from accounts.models import BankAccount, Customer, User
from core.reviews.models import Case
from ledger import chart, posting
from ledger.calendar import business_date
from payments.clearing import signing
from payments.clearing.embedded import writing
from payments.clearing.embedded.writing import Booked
from payments.clearing.gateway import put
from payments.crossborder import queries
from payments.crossborder.fees import Charges
from payments.crossborder.gateway import CorrespondentFiles
from payments.crossborder.models import Paper, PayeeAbroad, Payment
from payments.crossborder.services import answers, confirming, drafts, papers, rounds, screening
from payments.crossborder.services.drafts import PAYEE_SIDE, Order
from payments.exchange.models import Rate
from payments.services.rules import OPERATION
from tests.factories import identity
from tests.factories import payments as money

IBAN = "DE89370400440532013000"


@dataclass
class Sender:
    """Somebody with yuan and dollars, and a payee in Germany known for a month."""

    customer: Customer
    yuan: BankAccount
    dollars: BankAccount
    payee: PayeeAbroad


def payee(owner: Customer, *, now: datetime, days: int = 30, **changes: Any) -> PayeeAbroad:
    values: dict[str, Any] = {
        "name": "Anna Schmidt", "address": "Hauptstr. 5, 10115 Berlin", "country": "DE", "bank_country": "DE",
        "is_iban": True, "number": IBAN, "bic": "COBADEFFXXX", "bank_name": "Commerzbank", **changes,
    }  # fmt: skip
    return PayeeAbroad.objects.create(customer=owner, key=uuid.uuid4(), created_at=now - timedelta(days=days), **values)


def sender(
    *, yuan: int = 10_000_000_00, dollars: int = 200_000_00, limits: bool = True, now: datetime, name: str = "王小明"
) -> Sender:
    """Somebody who pays abroad, with limits as high as the bank allows."""
    if watchlist.in_force() is None:
        identity.watch_list(now=now)
    rates(now)
    someone = money.customer(name, now=now)
    found = Sender(
        someone,
        money.account(someone, balance=yuan, now=now),
        money.account(someone, balance=dollars, currency="USD", now=now),
        payee(someone, now=now),
    )
    if limits:
        raise_limits(someone, now=now)
    return found


def raise_limits(someone: Customer, *, now: datetime) -> None:
    for which, value in (
        ("payment", 500_000_00),
        ("day", 1_000_000_00),
        ("month", 3_000_000_00),
        ("year", 10_000_000_00),
    ):
        someone.own_limits.create(
            currency="CNY", channel="online", which=which, value=value, asked_at=now - timedelta(days=2),
            counts_from=now - timedelta(days=1),
        )  # fmt: skip


def raise_counts(someone: Customer, *, now: datetime) -> None:
    for which in ("day_count", "month_count", "year_count"):
        someone.own_limits.create(
            currency="", channel="online", which=which, value=100, asked_at=now - timedelta(days=2),
            counts_from=now - timedelta(days=1),
        )  # fmt: skip


def order(by: Sender, given: int, *, source: BankAccount | None = None, **changes: Any) -> Order:
    values: dict[str, Any] = {
        "source": (source or by.yuan).public_id, "payee": by.payee.public_id, "currency": "USD", "side": PAYEE_SIDE,
        "given": given, "charges": Charges.SHA, "purpose": "study", "purpose_note": "Tuition, autumn term",
        "memo": "INV 42", **changes,
    }  # fmt: skip
    return Order(**values)


def drafted(by: Sender, given: int, *, now: datetime, **changes: Any) -> Payment:
    made = drafts.draft(customer=by.customer, key=uuid.uuid4(), order=order(by, given, **changes), now=now)
    found = queries.payment_of(by.customer, made.payment_id)
    assert found is not None
    return found


def approved(by: Sender, payment: Payment, now: datetime) -> uuid.UUID:
    """Put the question for a draft and mark it as answered rightly, as `stepup.answer` does."""
    assert by.customer.user is not None
    takes = confirming.takes(customer=by.customer, payment=payment, now=now)
    question = stepup.start(
        user=by.customer.user, operation=OPERATION, session="", now=now,
        payload=takes.binds(confirming.shown(payment, queries.papers_of(payment))),
    )  # fmt: skip
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    return question.id


def confirm(by: Sender, payment: Payment, now: datetime, *, question: uuid.UUID | None = None) -> Payment:
    takes = confirming.takes(customer=by.customer, payment=payment, now=now)
    return confirming.confirm(
        customer=by.customer, payment_id=payment.public_id, challenge_id=question or approved(by, payment, now),
        declared=True, sum_confirmed=takes.total, now=now,
    )  # fmt: skip


def accepted(by: Sender, given: int, *, now: datetime, **changes: Any) -> Payment:
    """A payment whose money is in transit, not looked at yet."""
    return again(confirm(by, drafted(by, given, now=now, **changes), now))


def ready(by: Sender, given: int, *, now: datetime, **changes: Any) -> Payment:
    payment = accepted(by, given, now=now, **changes)
    screening.screen(payment_id=payment.public_id, now=now)
    return again(payment)


def in_review(by: Sender, given: int, *, now: datetime, **changes: Any) -> tuple[Payment, Case]:
    """A payment with a document that waits on the desk."""
    draft = drafted(by, given, now=now, **changes)
    document(by, draft, now=now)
    payment = confirm(by, again(draft), now)
    screening.screen(payment_id=payment.public_id, now=now)
    return again(payment), Case.objects.get(subject=confirming.SUBJECT, subject_id=str(payment.public_id))


def again(payment: Payment) -> Payment:
    return Payment.objects.select_related("source", "payee", "payer__user", "message").get(pk=payment.pk)


def document(
    by: Sender, payment: Payment, *, now: datetime, data: bytes | None = None, name: str = "bill.jpg"
) -> Paper:
    return papers.add(
        customer=by.customer, payment_id=payment.public_id, data=data or photo(str(uuid.uuid4())), name=name,
        declared="application/pdf" if name.endswith(".pdf") else "image/jpeg", now=now,
    )  # fmt: skip


def photo(text: str = "INVOICE 42", kind: str = "JPEG") -> bytes:
    picture = Image.new("RGB", (900, 1200), "white")
    ImageDraw.Draw(picture).text((60, 80), text, fill="black", font_size=36)
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def pdf(pages: int = 1, *, extra: bytes = b"") -> bytes:
    """A PDF with so many pages; `extra` stands after its end, as attackers put it."""
    pictures = [Image.open(io.BytesIO(photo(f"page {number + 1}"))) for number in range(pages)]
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:])
    return out.getvalue() + extra


def staff(role: str = "approver") -> User:
    return identity.make_staff(f"{uuid.uuid4().hex}@example.com", role)


def gateway(folder: Path, settings: Any) -> CorrespondentFiles:
    settings.CROSSBORDER_DIR = folder / "abroad"
    return CorrespondentFiles()


def sent_files(folder: Path) -> list[Path]:
    return sorted((folder / "abroad" / "out").glob("abroad008-*.xml"))


def rates(now: datetime) -> None:
    """Reference rates of the day before: units for one euro."""
    day = business_date(now) - timedelta(days=1)
    for currency, rate in (("USD", "1.15"), ("CNY", "8.2"), ("JPY", "172"), ("GBP", "0.87"), ("HKD", "8.95")):
        Rate.objects.get_or_create(
            base="EUR", quote=currency, day=day, defaults={"rate": rate, "source": "ecb", "loaded_at": now}
        )


def of_pair(pair: money.Pair, *, now: datetime) -> Sender:
    """The payer of a pair as somebody who pays abroad out of their yuan."""
    if watchlist.in_force() is None:
        identity.watch_list(now=now)
    rates(now)
    kept = pair.payer.payees_abroad.first() or payee(pair.payer, now=now)
    return Sender(pair.payer, pair.source, pair.source, kept)


def waiting(pair: money.Pair, now: datetime) -> Payment:
    """A draft of a pair's payer with a document."""
    found: Payment | None = pair.payer.payments_abroad.filter(state="draft").first()
    if found is None:
        by = of_pair(pair, now=now)
        found = drafted(by, 10_00, now=now)
        document(by, found, now=now)
    return found


def confirmed(pair: money.Pair, now: datetime) -> Payment:
    """A payment abroad of a pair's payer whose money is in transit."""
    found: Payment | None = pair.payer.payments_abroad.filter(state="accepted").first()
    return found or accepted(of_pair(pair, now=now), 10_00, now=now)


def paper_of(pair: money.Pair, now: datetime) -> Paper:
    """A document of a pair's payer."""
    return Paper.objects.filter(payment=waiting(pair, now))[0]


@dataclass
class Correspondent:
    """What a correspondent would put into the bank's folder, written by hand; New York unless another is named."""

    folder: Path
    gateway: CorrespondentFiles
    bic: str = "LANTUS33XXX"
    account: str = "DEMO-USD-0001"
    currency: str = "USD"
    balance: int = 1_000_000_00
    serial: int = 0
    sequence: int = 0

    def round(self, now: datetime) -> rounds.Round:
        done = rounds.run(now=now, gateway=self.gateway)
        assert done is not None
        return done

    def number(self) -> str:
        self.serial += 1
        return f"{self.currency}-{self.serial:06d}"

    def put(self, content: bytes, *, name: str = "", direction: str = answers.DIRECTION) -> str:
        """Lay a file into the bank's box with its signature."""
        name = name or f"{self.number()}.xml"
        signature = signing.sign(name=name, content=content, key=settings.CLEARING_KEY_IN, direction=direction)
        put(self.folder / "abroad" / "in", name, content, signature)
        return name

    def status(self, payment: Payment, what: str = "ACCC", *, now: datetime, **changes: Any) -> bytes:
        payment = again(payment)
        values: dict[str, Any] = {
            "message_id": self.number(), "at": now, "reference": payment.reference, "status": what,
            "original_message": payment.message.message_id if payment.message else "unknown",
            "amount": payment.leaves, "currency": payment.currency, "sender": self.bic, **changes,
        }  # fmt: skip
        return writing.status(**values)

    def returned(self, payment: Payment, *, now: datetime, kept: int = 0, **changes: Any) -> bytes:
        payment = again(payment)
        values: dict[str, Any] = {
            "message_id": self.number(), "at": now, "reference": payment.reference, "code": "AC04", "kept": kept,
            "original_message": payment.message.message_id if payment.message else "unknown",
            "amount": payment.leaves - kept, "currency": payment.currency, "sender": self.bic, **changes,
        }  # fmt: skip
        return writing.returned(**values)

    def statement(self, *lines: tuple[int, str], now: datetime, **changes: Any) -> bytes:
        """A statement with these lines (amount, reference); it joins the one before it."""
        self.sequence += 1
        values: dict[str, Any] = {
            "message_id": self.number(), "at": now, "sequence": self.sequence, "opening": self.balance,
            "account": self.account, "currency": self.currency,
            "lines": [Booked(amount, reference, self.number(), "") for amount, reference in lines], **changes,
        }  # fmt: skip
        self.balance += sum(amount for amount, _reference in lines)
        return writing.statement(**values)


def correspondent(folder: Path, settings: Any, *, now: datetime) -> Correspondent:
    """New York, with a million of the bank's dollars."""
    fund_nostro("USD", 1_000_000_00, now=now)
    return Correspondent(folder, gateway(folder, settings))


def fund_nostro(currency: str, amount: int, *, now: datetime) -> None:
    ids = chart.ensure(currency, now=now)
    posting.post(
        key=f"fund:{uuid.uuid4()}", kind="test.funding", channel="system", business_date=business_date(now),
        lines=[posting.Line(ids["nostro"], -amount), posting.Line(ids["opening"], amount)],
    )  # fmt: skip


def sent(by: Sender, given: int, side: Correspondent, *, now: datetime, **changes: Any) -> Payment:
    """A payment that has left for its correspondent."""
    payment = ready(by, given, now=now, **changes)
    side.round(now)
    return again(payment)
