"""The embedded correspondents: one for each currency, in one process, with one memory.

How they take files, let time pass, sign, number and remember is the embedded clearing system's; here stands what they
do with a payment abroad, and that each keeps an account of its own for the bank.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from ledger.money import Money
from payments.clearing.embedded import writing
from payments.clearing.embedded.simulator import GARBAGE, STRAY, Simulator
from payments.clearing.embedded.writing import Booked
from payments.clearing.messages import camt056, pacs008, safe
from payments.crossborder.correspondents import Correspondent
from payments.crossborder.embedded import fates
from payments.crossborder.embedded.fates import Kind
from payments.crossborder.services.answers import DIRECTION

OPENING = 5_000_000  # in units of each currency: what the demo bank holds with each on the first day
RETURNED_LATER = frozenset({Kind.RETURN, Kind.STATEMENT_ONLY, Kind.WHOLE})
SILENT = frozenset({Kind.SILENCE})
NEVER = "T000000-NEVERWAS"


class Correspondents(Simulator):
    """Banks that carry payments abroad for one bank."""

    direction: ClassVar[str] = DIRECTION

    def __init__(
        self,
        *,
        folder: Path,
        seed: int,
        key_from_bank: str,
        key_to_bank: str,
        correspondents: Sequence[Correspondent],
        opening: int = OPENING,
        pace: int = 1,
        statement_every: int = 60,
    ) -> None:
        super().__init__(
            folder=folder, seed=seed, key_from_bank=key_from_bank, key_to_bank=key_to_bank, account="", opening=0,
            currency="", pace=pace, statement_every=statement_every,
        )  # fmt: skip
        self._banks = {one.currency: one for one in correspondents}
        for currency in self._banks:
            self.memory.accounts.setdefault(
                currency, {"balance": Money.of(opening, currency).minor, "sequence": 0, "next": ""}
            )

    def _hear(self, name: str, content: bytes, now: datetime) -> None:
        if name.startswith("camt056"):
            self._recalled(camt056.read(content), now)
            return
        message_id, instructions = pacs008.read(content)
        to = safe.parse(content).findtext(".//{*}GrpHdr/{*}InstdAgt/{*}FinInstnId/{*}BICFI") or ""
        if message_id in self.memory.seen:
            return
        self.memory.seen.append(message_id)
        for one in instructions:
            bank = self._banks.get(one.currency)
            if bank is None or bank.bic != to:
                raise safe.Unreadable("account", f"{to} {one.currency}")
            fate = fates.fate(seed=self._seed, reference=one.reference, amount=one.amount)
            self.memory.payments[one.reference] = {
                "message": message_id, "amount": one.amount, "currency": one.currency, "fate": asdict(fate),
                "taken": False,
            }  # fmt: skip
            self._later(now, fate.taken_after, "taken", one.reference)

    def _happens(self, event: dict[str, Any], now: datetime) -> Iterator[bytes]:
        if event["what"] == "recall":
            yield from self._answer_recall(event["reference"], now)
            return
        reference = event["reference"]
        known = self.memory.payments[reference]
        if known.get("back"):  # its money has gone back already
            return
        kind, fate = Kind(known["fate"]["kind"]), known["fate"]
        match event["what"]:
            case "taken":
                yield from self._taken(kind, reference, known, now)
            case "end" if kind in RETURNED_LATER:
                yield from self._returned(kind, reference, known, now)
            case "end":
                yield from self._arrived(kind, reference, known, now)
                if kind is Kind.AFTERWARDS:
                    self._later(now, fate["back_after"], "back", reference)
            case "back":
                yield from self._returned(kind, reference, known, now)

    def _taken(self, kind: Kind, reference: str, known: dict[str, Any], now: datetime) -> Iterator[bytes]:
        if kind is Kind.GARBAGE:
            self._number()
            yield GARBAGE
        if kind is Kind.REJECT:
            yield self._said(reference, known, "RJCT", now, known["fate"]["code"])
            return
        self._take_from_account(reference, known)
        if kind in SILENT:
            return
        yield self._said(reference, known, "ACSP", now)
        self._later(now, known["fate"]["ended_after"], "end", reference)

    def _take_from_account(self, reference: str, known: dict[str, Any]) -> None:
        known["taken"] = True
        self._entry(known["currency"], -known["amount"], reference, "PAYMENT")

    def _arrived(self, kind: Kind, reference: str, known: dict[str, Any], now: datetime) -> Iterator[bytes]:
        content = self._said(reference, known, "ACCC", now)
        yield content
        if kind is Kind.TWICE:
            yield content
            yield self._said(reference, known, "ACCC", now)
        if kind is Kind.STRAY:
            self._entry(known["currency"], STRAY, "", "CREDIT WITHOUT REFERENCE")
        if kind is Kind.NEVER_WAS:
            yield self._said(NEVER, known, "ACCC", now)
            yield self._back(NEVER, known, now)

    def _returned(self, kind: Kind, reference: str, known: dict[str, Any], now: datetime) -> Iterator[bytes]:
        known["back"] = True
        if kind is not Kind.STATEMENT_ONLY:
            yield self._back(reference, known, now)
        self._entry(known["currency"], known["amount"] - known["fate"]["kept"], reference, "RETURN")

    def _said(self, reference: str, known: dict[str, Any], status: str, now: datetime, code: str = "") -> bytes:
        return writing.status(
            message_id=self._number(), at=now, original_message=known["message"], reference=reference, status=status,
            code=code, amount=known["amount"], currency=known["currency"], sender=self._banks[known["currency"]].bic,
        )  # fmt: skip

    def _back(self, reference: str, known: dict[str, Any], now: datetime) -> bytes:
        kept = known["fate"]["kept"]
        return writing.returned(
            message_id=self._number(), at=now, original_message=known["message"], reference=reference,
            amount=known["amount"] - kept, kept=kept, currency=known["currency"], code=known["fate"]["code"],
            sender=self._banks[known["currency"]].bic,
        )  # fmt: skip

    def _give_back(self, reference: str, code: str, now: datetime) -> Iterator[bytes]:
        """Send back what was asked for, less what the banks on the way keep; once, and only what was there."""
        known = self.memory.payments[reference]
        if known.get("back"):
            return
        if not known.get("taken", True):
            self._take_from_account(reference, known)
        known["fate"] |= {"kept": fates.kept(known["amount"]), "code": code}
        yield from self._returned(Kind.RETURN, reference, known, now)

    def _word(self, case: str, asked: dict[str, Any], word: str, now: datetime, code: str = "") -> bytes:
        return writing.answer(
            message_id=self._number(), at=now, case=case, original_message=asked["message"],
            reference=asked["reference"], word=word, code=code, amount=asked["amount"], currency=asked["currency"],
            sender=self._banks[asked["currency"]].bic,
        )  # fmt: skip

    def _entry(self, currency: str, amount: int, reference: str, text: str) -> None:
        self._book(amount, reference, text)
        self.memory.lines[-1]["currency"] = currency

    def _statements(self, now: datetime) -> Iterator[bytes]:
        """A statement for every account that something was booked on."""
        for currency in sorted({line["currency"] for line in self.memory.lines}):
            account = self.memory.accounts[currency]
            if account["next"] > now.isoformat():
                continue
            lines = [
                Booked(line["amount"], line["reference"], line["bank_reference"], line["text"])
                for line in self.memory.lines
                if line["currency"] == currency
            ]
            account["sequence"] += 1
            yield writing.statement(
                message_id=self._number(), at=now, sequence=account["sequence"],
                account=self._banks[currency].account, currency=currency, opening=account["balance"], lines=lines,
            )  # fmt: skip
            account["balance"] += sum(line.amount for line in lines)
            account["next"] = (now + timedelta(seconds=self._statement_every)).isoformat()
            self.memory.lines = [line for line in self.memory.lines if line["currency"] != currency]
