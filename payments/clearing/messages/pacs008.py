"""Writing pacs.008.001.08: the credit transfers of one batch, valid against the official schema or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from payments.clearing.messages import amounts, safe
from payments.clearing.messages.safe import Element

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
SCHEMA = "pacs.008.001.08"
CLEARING_CODE = "CNAPS"  # external clearing system identification code


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment as the message carries it; amount in minor units."""

    reference: str
    amount: int
    currency: str
    settle_on: date
    payer_name: str
    payer_account: str
    payee_name: str
    payee_account: str
    payee_bank: str
    memo: str


def write(
    *, message_id: str, created_at: datetime, path: str, own_bank: str, instructions: Sequence[Instruction]
) -> bytes:
    """This function will write a batch. Raises safe.Unreadable when what it wrote does not validate."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    body = _sub(root, "FIToFICstmrCdtTrf")
    header = _sub(body, "GrpHdr")
    _sub(header, "MsgId", message_id)
    _sub(header, "CreDtTm", created_at.isoformat(timespec="seconds"))
    _sub(header, "NbOfTxs", str(len(instructions)))
    settlement = _sub(header, "SttlmInf")
    _sub(settlement, "SttlmMtd", "CLRG")
    _sub(_sub(settlement, "ClrSys"), "Prtry", path.upper())
    for one in instructions:
        _transaction(body, one, own_bank)
    safe.validate(root, SCHEMA)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _transaction(body: Element, one: Instruction, own_bank: str) -> None:
    made = _sub(body, "CdtTrfTxInf")
    identification = _sub(made, "PmtId")
    for name in ("InstrId", "EndToEndId", "TxId"):
        _sub(identification, name, one.reference)
    _sub(made, "IntrBkSttlmAmt", amounts.write(one.amount, one.currency)).set("Ccy", one.currency)
    _sub(made, "IntrBkSttlmDt", one.settle_on.isoformat())
    _sub(made, "ChrgBr", "SLEV")
    _sub(_sub(made, "Dbtr"), "Nm", safe.plain(one.payer_name, 140))
    _account(made, "DbtrAcct", one.payer_account)
    _agent(made, "DbtrAgt", own_bank)
    _agent(made, "CdtrAgt", one.payee_bank)
    _sub(_sub(made, "Cdtr"), "Nm", safe.plain(one.payee_name, 140))
    _account(made, "CdtrAcct", one.payee_account)
    if memo := safe.plain(one.memo, 140):
        _sub(_sub(made, "RmtInf"), "Ustrd", memo)


def _account(parent: Element, name: str, number: str) -> None:
    _sub(_sub(_sub(_sub(parent, name), "Id"), "Othr"), "Id", number)


def _agent(parent: Element, name: str, code: str) -> None:
    member = _sub(_sub(_sub(parent, name), "FinInstnId"), "ClrSysMmbId")
    _sub(_sub(member, "ClrSysId"), "Cd", CLEARING_CODE)
    _sub(member, "MmbId", code)


def _sub(parent: Element, name: str, text: str | None = None) -> Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        made.text = text
    return made


def read(content: bytes) -> tuple[str, list[Instruction]]:
    """This function will read a batch as its receiver does: its message id and what it carries. Raises Unreadable."""
    root = safe.parse(content)
    if safe.namespace_of(root) != NAMESPACE:
        raise safe.Unreadable("namespace", safe.namespace_of(root))
    safe.validate(root, SCHEMA)
    found = [_read_one(each) for each in root.iterfind(".//{*}CdtTrfTxInf")]
    return root.findtext(".//{*}GrpHdr/{*}MsgId") or "", found


def _read_one(each: Element) -> Instruction:
    def said(path: str) -> str:
        return (each.findtext("/".join(f"{{*}}{name}" for name in path.split("/"))) or "").strip()

    amount = each.find("{*}IntrBkSttlmAmt")
    if amount is None:
        raise safe.Unreadable("amount", "none")
    money = amounts.read(amount.text or "", amount.get("Ccy") or "")
    return Instruction(
        reference=said("PmtId/EndToEndId"),
        amount=money.minor,
        currency=money.currency,
        settle_on=date.fromisoformat(said("IntrBkSttlmDt")),
        payer_name=said("Dbtr/Nm"),
        payer_account=said("DbtrAcct/Id/Othr/Id"),
        payee_name=said("Cdtr/Nm"),
        payee_account=said("CdtrAcct/Id/Othr/Id"),
        payee_bank=said("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
        memo=said("RmtInf/Ustrd"),
    )
