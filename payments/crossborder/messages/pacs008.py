"""Writing pacs.008.001.08 for a correspondent bank: one payment, valid against the official schema or not at all.

As cross-border payments are written for a correspondent that keeps our account: settled by the instructed agent (INDA)
over that account, agents by BIC, the payee by IBAN or number, who bears the charges, the
payer by name, account and customer number as the originator's data (FATF recommendation 16).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from payments.clearing.messages import amounts, safe
from payments.clearing.messages.safe import Element

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
SCHEMA = "pacs.008.001.08"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LINE = 70  # characters of a line of an address


@dataclass(frozen=True, slots=True)
class Abroad:
    """One payment as the message carries it; amounts in minor units of `currency`, the fee of `fee_currency`."""

    reference: str
    uetr: str  # the end-to-end transaction's own number, a uuid of version 4
    amount: int
    leaves: int
    currency: str
    bearer: str  # DEBT, SHAR, CRED
    fee: int
    fee_currency: str
    settle_on: date
    payer_name: str
    payer_account: str
    payer_id: str
    payee_name: str
    payee_address: str
    payee_country: str
    payee_bic: str
    payee_number: str
    is_iban: bool
    purpose: str  # external purpose code, or ""
    purpose_words: str
    memo: str


def write(
    *, message_id: str, created_at: datetime, own_bic: str, correspondent: str, nostro: str, payment: Abroad
) -> bytes:
    """This function will write the message. Raises safe.Unreadable when what it wrote does not validate."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    body = _sub(root, "FIToFICstmrCdtTrf")
    header = _sub(body, "GrpHdr")
    _sub(header, "MsgId", message_id)
    _sub(header, "CreDtTm", created_at.isoformat(timespec="seconds"))
    _sub(header, "NbOfTxs", "1")
    settlement = _sub(header, "SttlmInf")
    _sub(settlement, "SttlmMtd", "INDA")
    _number(_sub(settlement, "SttlmAcct"), nostro, is_iban=False)
    _agent(header, "InstgAgt", own_bic)
    _agent(header, "InstdAgt", correspondent)
    _transaction(body, payment, own_bic)
    safe.validate(root, SCHEMA)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _transaction(body: Element, one: Abroad, own_bic: str) -> None:
    made = _sub(body, "CdtTrfTxInf")
    identification = _sub(made, "PmtId")
    for name in ("InstrId", "EndToEndId", "TxId"):
        _sub(identification, name, one.reference)
    _sub(identification, "UETR", one.uetr)
    _amount(made, "IntrBkSttlmAmt", one.leaves, one.currency)
    _sub(made, "IntrBkSttlmDt", one.settle_on.isoformat())
    # Where our fee is taken out of the amount, what the payer instructed is said beside what is settled.
    _amount(made, "InstdAmt", one.amount, one.currency)
    _sub(made, "ChrgBr", one.bearer)
    if one.bearer == "CRED":
        charges = _sub(made, "ChrgsInf")
        _amount(charges, "Amt", one.fee, one.fee_currency)
        _agent(charges, "Agt", own_bic)
    debtor = _sub(made, "Dbtr")
    _sub(debtor, "Nm", _text(one.payer_name, 140))
    known_as = _sub(_sub(_sub(debtor, "Id"), "PrvtId"), "Othr")
    _sub(known_as, "Id", one.payer_id)
    _sub(_sub(known_as, "SchmeNm"), "Cd", "CUST")
    _number(_sub(made, "DbtrAcct"), one.payer_account, is_iban=False)
    _agent(made, "DbtrAgt", own_bic)
    _agent(made, "CdtrAgt", one.payee_bic)
    creditor = _sub(made, "Cdtr")
    _sub(creditor, "Nm", _text(one.payee_name, 140))
    address = _sub(creditor, "PstlAdr")
    _sub(address, "Ctry", one.payee_country)
    for line in _lines(_text(one.payee_address, 2 * LINE)):
        _sub(address, "AdrLine", line)
    _number(_sub(made, "CdtrAcct"), one.payee_number, is_iban=one.is_iban)
    purpose = _sub(made, "Purp")
    if one.purpose:
        _sub(purpose, "Cd", one.purpose)
    else:
        _sub(purpose, "Prtry", _text(one.purpose_words, 35))
    if memo := _text(one.memo, 140):
        _sub(_sub(made, "RmtInf"), "Ustrd", memo)


def _amount(parent: Element, name: str, minor: int, currency: str) -> None:
    _sub(parent, name, amounts.write(minor, currency)).set("Ccy", currency)


def _agent(parent: Element, name: str, bic: str) -> None:
    _sub(_sub(_sub(parent, name), "FinInstnId"), "BICFI", bic)


def _number(parent: Element, number: str, *, is_iban: bool) -> None:
    identification = _sub(parent, "Id")
    if is_iban:
        _sub(identification, "IBAN", number)
    else:
        _sub(_sub(identification, "Othr"), "Id", number)


def _sub(parent: Element, name: str, text: str | None = None) -> Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        made.text = text
    return made


def _text(text: str, most: int) -> str:
    """What XML can carry of a text, on one line."""
    return " ".join(_NOT_XML.sub("", text).split())[:most]


def _lines(text: str) -> list[str]:
    return [part for start in range(0, len(text), LINE) if (part := text[start : start + LINE].strip())]
