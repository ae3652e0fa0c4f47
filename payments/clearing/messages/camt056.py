"""Writing and reading camt.056.001.08: a bank asks another to send a payment's money back. At home banks are named by
their code in the clearing system, abroad by BIC.

Its official schema does not come with the portal. What is written here has the elements of the message definition in
their order, one transaction in each message; what is read is read strictly.
"""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from ledger.money import Money
from payments.clearing.messages import amounts, safe
from payments.clearing.messages.pacs008 import CLEARING_CODE
from payments.clearing.messages.safe import Element, Unreadable, one, said

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"


@dataclass(frozen=True, slots=True)
class Request:
    """One payment whose money is asked back; `case` is the asking bank's own number, amount in minor units."""

    message_id: str
    case: str
    original_message: str
    reference: str
    amount: int
    currency: str
    code: str
    words: str
    own_bank: str
    payee_bank: str  # whom the request goes to; abroad the correspondent that carried the payment
    uetr: str = ""  # the number a payment abroad keeps from end to end
    by_bic: bool = False


def write(request: Request, *, created_at: datetime) -> bytes:
    """This function will write the request of one payment."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    body = _sub(root, "FIToFIPmtCxlReq")
    assigned = _sub(body, "Assgnmt")
    _sub(assigned, "Id", request.message_id)
    agent = _bic if request.by_bic else _agent
    agent(assigned, "Assgnr", request.own_bank)
    agent(assigned, "Assgne", request.payee_bank)
    _sub(assigned, "CreDtTm", created_at.isoformat(timespec="seconds"))
    case = _sub(body, "Case")
    _sub(case, "Id", request.case)
    agent(case, "Cretr", request.own_bank)
    _sub(_sub(body, "CtrlData"), "NbOfTxs", "1")
    about = _sub(_sub(body, "Undrlyg"), "TxInf")
    _sub(about, "CxlId", request.case)
    group = _sub(about, "OrgnlGrpInf")
    _sub(group, "OrgnlMsgId", request.original_message)
    _sub(group, "OrgnlMsgNmId", "pacs.008.001.08")
    for name in ("OrgnlInstrId", "OrgnlEndToEndId", "OrgnlTxId"):
        _sub(about, name, request.reference)
    if request.uetr:
        _sub(about, "OrgnlUETR", request.uetr)
    _sub(about, "OrgnlIntrBkSttlmAmt", amounts.write(request.amount, request.currency)).set("Ccy", request.currency)
    why = _sub(about, "CxlRsnInf")
    _sub(_sub(why, "Rsn"), "Cd", request.code)
    if words := safe.plain(request.words, 105):
        _sub(why, "AddtlInf", words)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read(content: bytes) -> Request:
    """This function will read a request as its receiver does. Raises Unreadable."""
    root = safe.parse(content)
    if root.tag != f"{{{NAMESPACE}}}Document":
        raise Unreadable("namespace", safe.namespace_of(root))
    body = one(root, "FIToFIPmtCxlReq")
    assigned, about = one(body, "Assgnmt"), one(one(body, "Undrlyg"), "TxInf")
    amount = one(about, "OrgnlIntrBkSttlmAmt")
    money: Money = amounts.read(amount.text or "", amount.get("Ccy") or "")
    why = one(about, "CxlRsnInf")
    return Request(
        message_id=said(assigned, "Id", 35),
        case=said(one(body, "Case"), "Id", 35),
        original_message=said(one(about, "OrgnlGrpInf"), "OrgnlMsgId", 35),
        reference=said(about, "OrgnlEndToEndId", 35),
        amount=money.minor,
        currency=money.currency,
        code=said(one(why, "Rsn"), "Cd", 4),
        words=(why.findtext("{*}AddtlInf") or "").strip(),
        own_bank=_member(assigned, "Assgnr") or _bic_of(assigned, "Assgnr"),
        payee_bank=_member(assigned, "Assgne") or _bic_of(assigned, "Assgne"),
        uetr=(about.findtext("{*}OrgnlUETR") or "").strip(),
        by_bic=bool(_bic_of(assigned, "Assgne")),
    )


def _agent(parent: Element, name: str, code: str) -> None:
    member = _sub(_sub(_sub(_sub(parent, name), "Agt"), "FinInstnId"), "ClrSysMmbId")
    _sub(_sub(member, "ClrSysId"), "Cd", CLEARING_CODE)
    _sub(member, "MmbId", code)


def _bic(parent: Element, name: str, bic: str) -> None:
    _sub(_sub(_sub(_sub(parent, name), "Agt"), "FinInstnId"), "BICFI", bic)


def _bic_of(parent: Element, name: str) -> str:
    return (parent.findtext(f"{{*}}{name}/{{*}}Agt/{{*}}FinInstnId/{{*}}BICFI") or "").strip()


def _member(parent: Element, name: str) -> str:
    return (parent.findtext(f"{{*}}{name}/{{*}}Agt/{{*}}FinInstnId/{{*}}ClrSysMmbId/{{*}}MmbId") or "").strip()


def _sub(parent: Element, name: str, text: str | None = None) -> Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made
