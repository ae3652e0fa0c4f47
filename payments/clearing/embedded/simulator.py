"""The embedded clearing system: takes the bank's files, lets time pass, sends its own.

Everything it decides comes from the seed, the files it got and the clock it is given, so the same day can be played
again. What it knows is kept in one file that is replaced in one move; killed at any moment it goes on where it was, and
may send a file twice, as real ones do.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import structlog

from payments.clearing import gateway, signing
from payments.clearing.embedded import fates, writing
from payments.clearing.embedded.fates import Kind, Recalled
from payments.clearing.embedded.writing import Booked
from payments.clearing.messages import camt056, pacs008, pacs028, safe

log = structlog.get_logger(__name__)
GARBAGE = (
    b"<?xml version='1.0' encoding='UTF-8'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10'><FIToF"
)
STRAY = 8_800  # minor units that nobody sent
OPENING = 100_000_000_00  # minor units: what the demo bank holds with its correspondent on the first day


@dataclass
class Memory:
    """What the simulator knows between two ticks."""

    seen: list[str] = field(default_factory=list)  # messages it took
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)  # what is to happen, and when
    lines: list[dict[str, Any]] = field(default_factory=list)  # booked since the last statement
    recalls: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the asking bank's number
    balance: int = 0
    serial: int = 0
    sequence: int = 0
    next_statement: str = ""
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)  # by currency, where there is more than one


class Simulator:
    """One clearing system with one bank behind it and one currency."""

    direction: ClassVar[str] = "in"  # as the signatures of what it sends say

    def __init__(
        self,
        *,
        folder: Path,
        seed: int,
        key_from_bank: str,
        key_to_bank: str,
        account: str,
        opening: int,
        currency: str = "CNY",
        pace: int = 1,
        statement_every: int = 60,
    ) -> None:
        self._folder, self._seed, self._pace = folder, seed, pace
        self._from_bank, self._to_bank = key_from_bank, key_to_bank
        self._account, self._currency = account, currency
        self._statement_every = statement_every
        self._file = folder / "gateway.json"
        self.memory = self._recall(opening)

    def tick(self, now: datetime) -> int:
        """This function will take what the bank has sent, do what is due, and answer how many files it sent."""
        box = self._folder / "out"
        box.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = [path for path in sorted(box.glob("*.xml"), key=lambda each: each.name) if self._take(path, now)]
        sent = 0
        due = sorted(
            (event for event in self.memory.events if event["at"] <= now.isoformat()), key=lambda event: event["at"]
        )
        for event in due:
            for content in self._happens(event, now):
                sent += self._send(content)
            self.memory.events.remove(event)
        for content in self._statements(now):
            sent += self._send(content)
        self._remember()
        for path in taken:
            for each in (path, path.with_name(path.name + gateway.SIGNATURE)):
                target = self._folder / "received" / each.name
                target.parent.mkdir(mode=0o700, exist_ok=True)
                each.replace(target)
        return sent

    def _take(self, path: Path, now: datetime) -> bool:
        content, beside = path.read_bytes(), path.with_name(path.name + gateway.SIGNATURE)
        try:
            signature = beside.read_bytes() if beside.exists() else None
            signing.verify(name=path.name, content=content, signature=signature, key=self._from_bank, direction="out")
            self._hear(path.name, content, now)
        except (signing.BadSignature, safe.Unreadable) as error:
            log.error("gateway_refused_a_file", file=path.name, error=str(error))
        return signature is not None

    def _hear(self, name: str, content: bytes, now: datetime) -> None:
        if name.startswith("pacs028"):
            self._asked(pacs028.read(content), now)
        elif name.startswith("camt056"):
            self._recalled(camt056.read(content), now)
        else:
            self._accept(content, now)

    def _accept(self, content: bytes, now: datetime) -> None:
        message_id, instructions = pacs008.read(content)
        if message_id in self.memory.seen:
            return
        self.memory.seen.append(message_id)
        path = (safe.parse(content).findtext(".//{*}ClrSys/{*}Prtry") or "").upper()
        for one in instructions:
            fate = fates.fate(seed=self._seed, reference=one.reference, amount=one.amount, path=path)
            self.memory.payments[one.reference] = {
                "message": message_id, "amount": one.amount, "currency": one.currency, "fate": asdict(fate),
                "settled": False,
            }  # fmt: skip
            if fate.kind is not Kind.SILENCE:
                self._later(now, fate.answer_after, "answer", one.reference)

    def _asked(self, reference: str, now: datetime) -> None:
        if reference in self.memory.payments:
            self._later(now, 1, "answer", reference)

    def _recalled(self, request: camt056.Request, now: datetime) -> None:
        """Somebody wants a payment's money back. What was never here, or went back before, is answered so."""
        if request.message_id in self.memory.seen:
            return
        self.memory.seen.append(request.message_id)
        known = self.memory.payments.get(request.reference)
        drawn = fates.recalled(seed=self._seed, reference=request.reference, amount=request.amount)
        fate = asdict(drawn)
        if known is None or known["message"] != request.original_message or known["amount"] != request.amount:
            fate |= {"kind": Recalled.REFUSE, "code": "NOOR"}
        elif known["fate"]["kind"] == Kind.REJECT or known.get("back"):
            fate |= {"kind": Recalled.REFUSE, "code": "ARDT"}
        self.memory.recalls[request.case] = {
            "reference": request.reference, "message": request.original_message, "amount": request.amount,
            "currency": request.currency, "fate": fate, "step": 0,
        }  # fmt: skip
        if fate["kind"] != Recalled.SILENCE:
            self._later(now, fate["answer_after"], "recall", request.case)

    def _answer_recall(self, case: str, now: datetime) -> Iterator[bytes]:
        asked = self.memory.recalls[case]
        kind, first = Recalled(asked["fate"]["kind"]), not asked["step"]
        asked["step"] += 1
        if first and kind in {Recalled.AGREE, Recalled.PENDING}:
            yield self._word(case, asked, "CNCL" if kind is Recalled.AGREE else "PDCR", now)
            self._later(now, asked["fate"]["then_after"], "recall", case)
        elif kind in {Recalled.REFUSE, Recalled.PENDING}:
            yield self._word(case, asked, "RJCR", now, asked["fate"]["code"])
        else:
            yield from self._give_back(asked["reference"], "FOCR", now)

    def _word(self, case: str, asked: dict[str, Any], word: str, now: datetime, code: str = "") -> bytes:
        return writing.answer(
            message_id=self._number(), at=now, case=case, original_message=asked["message"],
            reference=asked["reference"], word=word, code=code, amount=asked["amount"], currency=asked["currency"],
        )  # fmt: skip

    def _give_back(self, reference: str, code: str, now: datetime) -> Iterator[bytes]:
        """Send a payment's money back, once."""
        known = self.memory.payments[reference]
        if known.get("back"):
            return
        if not known["settled"]:  # it had not been answered; what comes back was there
            known["settled"] = True
            self._book(-known["amount"], reference, "PAYMENT")
        known["back"] = True
        yield writing.returned(
            message_id=self._number(), at=now, original_message=known["message"], reference=reference,
            amount=known["amount"], currency=known["currency"], code=code,
        )  # fmt: skip
        self._book(known["amount"], reference, "RETURN")

    def _later(self, now: datetime, seconds: int, what: str, reference: str) -> None:
        at = now + timedelta(seconds=seconds * self._pace)
        self.memory.events.append({"at": at.isoformat(), "what": what, "reference": reference})

    def _happens(self, event: dict[str, Any], now: datetime) -> Iterator[bytes]:
        if event["what"] == "recall":
            yield from self._answer_recall(event["reference"], now)
            return
        reference = event["reference"]
        known = self.memory.payments[reference]
        kind, code = Kind(known["fate"]["kind"]), known["fate"]["code"]
        if event["what"] == "return":
            yield from self._give_back(reference, code, now)
            return
        if kind is Kind.GARBAGE and not known["settled"]:
            self._number()
            yield GARBAGE
        if kind is Kind.REJECT:
            yield self._status(reference, known, "RJCT", now, code)
            return
        if known.get("back"):  # its money has gone back before anybody answered
            return
        first = not known["settled"]
        if first:
            known["settled"] = True
            self._book(-known["amount"], reference, "PAYMENT")
            if kind is Kind.STRAY:
                self._book(STRAY, "", "CREDIT WITHOUT REFERENCE")
            if kind is Kind.RETURN:
                self._later(now, known["fate"]["return_after"], "return", reference)
        if kind is Kind.STATEMENT_ONLY and first:
            return
        content = self._status(reference, known, "ACSC", now)
        yield content
        if kind is Kind.TWICE and first:
            yield content
            yield self._status(reference, known, "ACSC", now)

    def _status(self, reference: str, known: dict[str, Any], status: str, now: datetime, code: str = "") -> bytes:
        return writing.status(
            message_id=self._number(), at=now, original_message=known["message"], reference=reference, status=status,
            code=code, amount=known["amount"], currency=known["currency"],
        )  # fmt: skip

    def _book(self, amount: int, reference: str, text: str) -> None:
        self.memory.lines.append(
            {"amount": amount, "reference": reference, "bank_reference": self._number(), "text": text}
        )

    def _statements(self, now: datetime) -> Iterator[bytes]:
        if self.memory.lines and self.memory.next_statement <= now.isoformat():
            yield self._statement(now)

    def _statement(self, now: datetime) -> bytes:
        self.memory.sequence += 1
        lines = [Booked(**line) for line in self.memory.lines]
        content = writing.statement(
            message_id=self._number(), at=now, sequence=self.memory.sequence, account=self._account,
            currency=self._currency, opening=self.memory.balance, lines=lines,
        )  # fmt: skip
        self.memory.balance += sum(line.amount for line in lines)
        self.memory.lines = []
        self.memory.next_statement = (now + timedelta(seconds=self._statement_every)).isoformat()
        return content

    def _number(self) -> str:
        self.memory.serial += 1
        return f"G{self._seed}-{self.memory.serial:08d}"

    def _send(self, content: bytes) -> int:
        self.memory.serial += 1
        name = f"g{self._seed}-{self.memory.serial:08d}.xml"
        signature = signing.sign(name=name, content=content, key=self._to_bank, direction=self.direction)
        gateway.put(self._folder / "in", name, content, signature)
        return 1

    def _recall(self, opening: int) -> Memory:
        if not self._file.exists():
            return Memory(balance=opening)
        return Memory(**json.loads(self._file.read_text(encoding="utf-8")))

    def _remember(self) -> None:
        half = self._file.with_suffix(".half")
        half.write_text(json.dumps(asdict(self.memory)), encoding="utf-8")
        half.replace(self._file)
