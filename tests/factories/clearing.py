"""Payments to other banks for tests, and the other side that answers them. Money comes through the books' own door."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import BankAccount, Customer
from ledger import chart, posting
from ledger.calendar import business_date
from payments.clearing import gateway, signing
from payments.clearing.embedded import writing
from payments.clearing.embedded.writing import Booked
from payments.clearing.messages import pacs008
from payments.clearing.models import OtherPayee, Payment
from payments.clearing.paths import Mode
from payments.clearing.services import accounts, rounds
from payments.clearing.services import payments as service
from payments.services.rules import OPERATION
from tests.factories import payments as money

CMB = "308584000013"
FUNDS = 1_000_000_00


@dataclass
class Payer:
    """Somebody with 10,000 yuan who pays to another bank."""

    customer: Customer
    source: BankAccount


def payer(*, balance: int = 10_000_00, now: datetime) -> Payer:
    someone = money.customer("王小明", now=now)
    return Payer(someone, money.account(someone, balance=balance, now=now))


def fund_nostro(now: datetime, amount: int = FUNDS) -> None:
    """Put the bank's own money with its correspondent, as its first statement will say."""
    ids = chart.ensure("CNY", now=now)
    posting.post(
        key=f"fund:{uuid.uuid4()}", kind="test.funding", channel="system", business_date=business_date(now),
        lines=[posting.Line(ids["nostro"], -amount), posting.Line(ids["opening"], amount)],
    )  # fmt: skip


def order(by: Payer, amount: int, *, mode: Mode = Mode.REAL_TIME, memo: str = "", keep: bool = False) -> service.Order:
    return service.Order(
        source=by.source.public_id, bank=CMB, number="6225880112345678", name="李明", amount=amount, mode=mode,
        memo=memo, keep_payee=keep,
    )  # fmt: skip


def drafted(by: Payer, amount: int, *, mode: Mode = Mode.REAL_TIME, now: datetime, memo: str = "") -> Payment:
    made = service.draft(customer=by.customer, key=uuid.uuid4(), order=order(by, amount, mode=mode, memo=memo), now=now)
    return Payment.objects.select_related("source").get(public_id=made.payment_id)


def approved(by: Payer, payment: Payment, now: datetime) -> uuid.UUID:
    """Put the question for a draft and mark it as answered rightly, as `stepup.answer` does."""
    assert by.customer.user is not None
    takes = service.takes(customer=by.customer, payment=payment, now=now)
    question = stepup.start(
        user=by.customer.user, operation=OPERATION, payload=takes.binds(service.shown(payment)), session="", now=now
    )
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    return question.id


def accepted(by: Payer, amount: int, *, mode: Mode = Mode.REAL_TIME, now: datetime, memo: str = "") -> Payment:
    """A payment whose money is in clearing."""
    draft = drafted(by, amount, mode=mode, now=now, memo=memo)
    service.confirm(customer=by.customer, payment_id=draft.public_id, challenge_id=approved(by, draft, now), now=now)
    return Payment.objects.select_related("source", "batch").get(pk=draft.pk)


def waiting(pair: money.Pair, now: datetime) -> Payment:
    """The draft of a pair's payer for another bank."""
    found = pair.payer.bank_payments.filter(state="draft").first()
    return found or drafted(Payer(pair.payer, pair.source), 10_00, now=now)


def in_time(pair: money.Pair, now: datetime) -> Payment:
    """A payment of a pair's payer that has not left and can be taken back."""
    found = pair.payer.bank_payments.filter(state="accepted").first()
    return found or accepted(Payer(pair.payer, pair.source), 10_00, mode=Mode.NEXT_DAY, now=now)


def kept_payee(pair: money.Pair, now: datetime) -> OtherPayee:
    found = pair.payer.other_payees.first()
    return found or OtherPayee.objects.create(
        customer=pair.payer, bank_code=CMB, number="6225880112345678", name="李明", created_at=now
    )


@dataclass
class OtherSide:
    """What the clearing system would put into the bank's folder, written by hand."""

    folder: Path
    serial: int = 0
    balance: int = FUNDS
    sequence: int = 0
    sent: list[str] = field(default_factory=list)

    @property
    def gateway(self) -> gateway.FileGateway:
        return gateway.FileGateway(self.folder)

    def round(self, now: datetime) -> rounds.Round:
        done = rounds.run(now=now, gateway=self.gateway)
        assert done is not None
        return done

    def number(self) -> str:
        self.serial += 1
        return f"T-{self.serial:06d}"

    def put(self, content: bytes, *, name: str = "", key: str | None = None, signature: bytes | None = None) -> str:
        """Lay a file into the bank's box with its signature, the right one unless another is given (b"": none)."""
        name = name or f"{self.number()}.xml"
        right = signing.sign(
            name=name, content=content, key=settings.CLEARING_KEY_IN if key is None else key, direction="in"
        )
        gateway.put(self.folder / "in", name, content, right if signature is None else signature)
        if signature == b"":
            (self.folder / "in" / (name + gateway.SIGNATURE)).unlink()
        self.sent.append(name)
        return name

    def status(self, payment: Payment, what: str = "ACSC", *, now: datetime, **changes: object) -> bytes:
        payment.refresh_from_db()
        values: dict[str, object] = {
            "message_id": self.number(), "at": now, "reference": payment.reference, "status": what,
            "original_message": payment.batch.message_id if payment.batch else "unknown",
            "amount": payment.amount, "currency": payment.currency, **changes,
        }  # fmt: skip
        return writing.status(**values)  # type: ignore[arg-type]

    def returned(self, payment: Payment, *, now: datetime, **changes: object) -> bytes:
        payment.refresh_from_db()
        values: dict[str, object] = {
            "message_id": self.number(), "at": now, "reference": payment.reference, "code": "AC06",
            "original_message": payment.batch.message_id if payment.batch else "unknown",
            "amount": payment.amount, "currency": payment.currency, **changes,
        }  # fmt: skip
        return writing.returned(**values)  # type: ignore[arg-type]

    def statement(self, *lines: tuple[int, str], now: datetime, **changes: object) -> bytes:
        """A statement with these lines (amount, reference); it joins the one before it."""
        self.sequence += 1
        values: dict[str, object] = {
            "message_id": self.number(), "at": now, "sequence": self.sequence, "opening": self.balance,
            "account": accounts.nostro_number("CNY"), "currency": "CNY",
            "lines": [Booked(amount, reference, self.number(), "") for amount, reference in lines], **changes,
        }  # fmt: skip
        self.balance += sum(amount for amount, _reference in lines)
        return writing.statement(**values)  # type: ignore[arg-type]

    def received(self) -> list[pacs008.Instruction]:
        """What the bank has handed over, read as the clearing system reads it."""
        found = []
        for path in sorted((self.folder / "out").glob("pacs008-*.xml")):
            content = path.read_bytes()
            signing.verify(
                name=path.name, content=content, key=settings.CLEARING_KEY_OUT, direction="out",
                signature=path.with_name(path.name + gateway.SIGNATURE).read_bytes(),
            )  # fmt: skip
            found += pacs008.read(content)[1]
        return found
