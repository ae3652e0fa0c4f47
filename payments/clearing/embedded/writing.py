"""Writing what a clearing system sends: pacs.002, pacs.004, camt.053, camt.029."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from payments.clearing.messages import amounts, incoming, safe
from payments.clearing.messages.safe import Element


@dataclass(frozen=True, slots=True)
class Booked:
    """A line of a statement to be: credit +, debit − from the bank's side."""

    amount: int
    reference: str
    bank_reference: str
    text: str


class _Writer:
    def __init__(self, namespace: str, body: str) -> None:
        self._namespace = namespace
        self.root = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})
        self.body = self.sub(self.root, body)

    def sub(self, parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
        made = etree.SubElement(parent, f"{{{self._namespace}}}{name}", attributes)
        made.text = text
        return made

    def header(self, message_id: str, at: datetime) -> Element:
        header = self.sub(self.body, "GrpHdr")
        self.sub(header, "MsgId", message_id)
        self.sub(header, "CreDtTm", at.isoformat(timespec="seconds"))
        return header

    def agent(self, parent: Element, name: str, bic: str) -> None:
        if bic:
            self.sub(self.sub(self.sub(parent, name), "FinInstnId"), "BICFI", bic)

    def bytes(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def status(
    *,
    message_id: str,
    at: datetime,
    original_message: str,
    reference: str,
    status: str,
    code: str = "",
    amount: int | None = None,
    currency: str = "",
    sender: str = "",
) -> bytes:
    """This function will write a pacs.002 about one payment; `sender` is the BIC of a correspondent."""
    made = _Writer(incoming.STATUS, "FIToFIPmtStsRpt")
    made.agent(made.header(message_id, at), "InstgAgt", sender)
    group = made.sub(made.body, "OrgnlGrpInfAndSts")
    made.sub(group, "OrgnlMsgId", original_message)
    made.sub(group, "OrgnlMsgNmId", "pacs.008.001.08")
    one = made.sub(made.body, "TxInfAndSts")
    made.sub(one, "OrgnlEndToEndId", reference)
    made.sub(one, "TxSts", status)
    if code:
        made.sub(made.sub(made.sub(one, "StsRsnInf"), "Rsn"), "Cd", code)
    if amount is not None:
        made.sub(made.sub(one, "OrgnlTxRef"), "IntrBkSttlmAmt", amounts.write(amount, currency), Ccy=currency)
    return made.bytes()


def returned(
    *,
    message_id: str,
    at: datetime,
    original_message: str,
    reference: str,
    amount: int,
    currency: str,
    code: str,
    kept: int = 0,
    sender: str = "",
) -> bytes:
    """This function will write a pacs.004 about one payment; `kept` is what a correspondent has taken out of it."""
    made = _Writer(incoming.RETURN, "PmtRtr")
    header = made.header(message_id, at)
    made.sub(header, "NbOfTxs", "1")
    made.sub(made.sub(header, "SttlmInf"), "SttlmMtd", "INDA" if sender else "CLRG")
    made.agent(header, "InstgAgt", sender)
    one = made.sub(made.body, "TxInf")
    made.sub(one, "RtrId", message_id)
    group = made.sub(one, "OrgnlGrpInf")
    made.sub(group, "OrgnlMsgId", original_message)
    made.sub(group, "OrgnlMsgNmId", "pacs.008.001.08")
    made.sub(one, "OrgnlEndToEndId", reference)
    if kept:
        made.sub(one, "OrgnlIntrBkSttlmAmt", amounts.write(amount + kept, currency), Ccy=currency)
    made.sub(one, "RtrdIntrBkSttlmAmt", amounts.write(amount, currency), Ccy=currency)
    made.sub(one, "IntrBkSttlmDt", at.date().isoformat())
    if kept:
        charges = made.sub(one, "ChrgsInf")
        made.sub(charges, "Amt", amounts.write(kept, currency), Ccy=currency)
        made.agent(charges, "Agt", sender)
    made.sub(made.sub(made.sub(one, "RtrRsnInf"), "Rsn"), "Cd", code)
    return made.bytes()


def answer(
    *,
    message_id: str,
    at: datetime,
    case: str,
    original_message: str,
    reference: str,
    word: str,
    code: str = "",
    note: str = "",
    amount: int | None = None,
    currency: str = "",
    answering: str = "CLEARING",
    own_bank: str = "BANK",
    sender: str = "",
) -> bytes:
    """This function will write a camt.029: what a bank says to the request to send one payment's money back; `sender`
    is the BIC of a correspondent.
    """
    made = _Writer(incoming.ANSWER, "RsltnOfInvstgtn")

    def agent(parent: Element, name: str, code: str, bic: str = "") -> None:
        bank = made.sub(made.sub(made.sub(parent, name), "Agt"), "FinInstnId")
        if bic:
            made.sub(bank, "BICFI", bic)
        else:
            made.sub(made.sub(bank, "ClrSysMmbId"), "MmbId", code)

    assigned = made.sub(made.body, "Assgnmt")
    made.sub(assigned, "Id", message_id)
    agent(assigned, "Assgnr", answering, sender)
    agent(assigned, "Assgne", own_bank)
    made.sub(assigned, "CreDtTm", at.isoformat(timespec="seconds"))
    resolved = made.sub(made.body, "RslvdCase")
    made.sub(resolved, "Id", case)
    agent(resolved, "Cretr", own_bank)
    made.sub(made.sub(made.body, "Sts"), "Conf", word)
    one = made.sub(made.sub(made.body, "CxlDtls"), "TxInfAndSts")
    group = made.sub(one, "OrgnlGrpInf")
    made.sub(group, "OrgnlMsgId", original_message)
    made.sub(group, "OrgnlMsgNmId", "pacs.008.001.08")
    made.sub(one, "OrgnlEndToEndId", reference)
    if code:
        why = made.sub(one, "CxlStsRsnInf")
        made.sub(made.sub(why, "Rsn"), "Cd", code)
        if note:
            made.sub(why, "AddtlInf", note)
    if amount is not None:
        made.sub(one, "OrgnlIntrBkSttlmAmt", amounts.write(amount, currency), Ccy=currency)
    return made.bytes()


def statement(
    *,
    message_id: str,
    at: datetime,
    sequence: int,
    account: str,
    currency: str,
    opening: int,
    lines: Sequence[Booked],
) -> bytes:
    """This function will write a camt.053 of one account, valid against the official schema. Raises safe.Unreadable."""
    made = _Writer(incoming.STATEMENT, "BkToCstmrStmt")
    made.header(message_id, at)
    body = made.sub(made.body, "Stmt")
    made.sub(body, "Id", f"{account}-{sequence}"[:35])
    made.sub(body, "ElctrncSeqNb", str(sequence))
    made.sub(body, "CreDtTm", at.isoformat(timespec="seconds"))
    made.sub(made.sub(made.sub(made.sub(body, "Acct"), "Id"), "Othr"), "Id", account)
    day = at.date().isoformat()
    for kind, amount in (("OPBD", opening), ("CLBD", opening + sum(line.amount for line in lines))):
        balance = made.sub(body, "Bal")
        made.sub(made.sub(made.sub(balance, "Tp"), "CdOrPrtry"), "Cd", kind)
        _signed(made, balance, amount, currency)
        made.sub(made.sub(balance, "Dt"), "Dt", day)
    for line in lines:
        entry = made.sub(body, "Ntry")
        _signed(made, entry, line.amount, currency)
        made.sub(made.sub(entry, "Sts"), "Cd", "BOOK")
        made.sub(made.sub(entry, "BookgDt"), "Dt", day)
        made.sub(entry, "AcctSvcrRef", line.bank_reference)
        family = made.sub(made.sub(entry, "BkTxCd"), "Prtry")
        made.sub(family, "Cd", "CLRG")
        if line.reference:
            refs = made.sub(made.sub(made.sub(entry, "NtryDtls"), "TxDtls"), "Refs")
            made.sub(refs, "EndToEndId", line.reference)
        if line.text:
            made.sub(entry, "AddtlNtryInf", line.text)
    safe.validate(made.root, incoming.STATEMENT_SCHEMA)
    return made.bytes()


def _signed(made: _Writer, parent: Element, amount: int, currency: str) -> None:
    made.sub(parent, "Amt", amounts.write(abs(amount), currency), Ccy=currency)
    made.sub(parent, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")
