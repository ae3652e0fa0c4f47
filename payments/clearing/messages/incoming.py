"""Reading what the other side sends: pacs.002 (statuses), pacs.004 (returns), camt.053 (statements of the nostro),
camt.029 (answers to requests to send money back).

camt.053 is held against the official schema. The official schemas of the others do not come with the portal; these are
read strictly here instead: known namespace, every element that is needed exactly once, nothing guessed.
"""

from dataclasses import dataclass
from datetime import date

from ledger.money import Money
from payments.clearing.messages import amounts, safe
from payments.clearing.messages.safe import Element, Unreadable, one, said

STATUS = "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"
RETURN = "urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"
STATEMENT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ANSWER = "urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"
STATEMENT_SCHEMA = "camt.053.001.08"
MOST_ITEMS = 20_000
ID_LENGTH = 35


@dataclass(frozen=True, slots=True)
class Status:
    """What became of one payment: ISO 20022 status (ACSC settled, RJCT rejected, others on the way) and why."""

    reference: str
    status: str
    original_message: str
    code: str
    note: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Return:
    """Money of one payment that comes back."""

    reference: str
    original_message: str
    code: str
    note: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Answer:
    """What another bank says to a request to send money back: `word` is CNCL (it does), RJCR (not) or PDCR (it looks).

    `case` is our own number of the request.
    """

    reference: str
    case: str
    original_message: str
    word: str
    code: str
    note: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement: credit +, debit − from our account's side, with the payment it names."""

    amount: int
    reference: str
    bank_reference: str
    booked_on: date
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of our account with the correspondent, whose arithmetic is right."""

    number: str
    sequence: int
    account: str
    currency: str
    opening: int
    closing: int
    closes_on: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read."""

    kind: str  # "status", "return", "statement" or "answer"
    message_id: str
    sender: str = ""  # the BIC a status, return or answer says it comes from; "" where it says none
    statuses: tuple[Status, ...] = ()
    returns: tuple[Return, ...] = ()
    statements: tuple[Statement, ...] = ()
    answers: tuple[Answer, ...] = ()


def read(content: bytes) -> Message:
    """This function will read a message of one of the four kinds. Raises Unreadable."""
    root = safe.parse(content)
    namespace = safe.namespace_of(root)
    if root.tag != f"{{{namespace}}}Document" or namespace not in {STATUS, RETURN, STATEMENT, ANSWER}:
        raise Unreadable("namespace", namespace or str(root.tag)[:100])
    if namespace == STATEMENT:
        safe.validate(root, STATEMENT_SCHEMA)
        return _statements(one(root, "BkToCstmrStmt"))
    if namespace == ANSWER:
        return _answers(one(root, "RsltnOfInvstgtn"))
    return _statuses(one(root, "FIToFIPmtStsRpt")) if namespace == STATUS else _returns(one(root, "PmtRtr"))


def _statuses(body: Element) -> Message:
    header = one(body, "GrpHdr")
    message_id = said(header, "MsgId", ID_LENGTH)
    group = body.find("{*}OrgnlGrpInfAndSts")
    original = said(group, "OrgnlMsgId", ID_LENGTH) if group is not None else ""
    found = []
    for each in _many(body, "TxInfAndSts"):
        amount = each.find("{*}OrgnlTxRef/{*}IntrBkSttlmAmt")
        found.append(
            Status(
                reference=said(each, "OrgnlEndToEndId", ID_LENGTH),
                status=said(each, "TxSts", 4),
                original_message=original,
                code=_optional(each, "StsRsnInf/{*}Rsn/{*}Cd", 4),
                note=_optional(each, "StsRsnInf/{*}AddtlInf", 105),
                amount=None if amount is None else _money(amount),
            )
        )
    return Message("status", message_id, _sender(header), statuses=tuple(found))


def _returns(body: Element) -> Message:
    header = one(body, "GrpHdr")
    message_id = said(header, "MsgId", ID_LENGTH)
    found = tuple(
        Return(
            reference=said(each, "OrgnlEndToEndId", ID_LENGTH),
            original_message=_optional(each, "OrgnlGrpInf/{*}OrgnlMsgId", ID_LENGTH),
            code=_optional(each, "RtrRsnInf/{*}Rsn/{*}Cd", 4),
            note=_optional(each, "RtrRsnInf/{*}AddtlInf", 105),
            amount=_positive(_money(one(each, "RtrdIntrBkSttlmAmt"))),
        )
        for each in _many(body, "TxInf")
    )
    if said(header, "NbOfTxs", 15) != str(len(found)):
        raise Unreadable("count", "NbOfTxs")
    return Message("return", message_id, _sender(header), returns=found)


def _answers(body: Element) -> Message:
    assigned = one(body, "Assgnmt")
    message_id = said(assigned, "Id", ID_LENGTH)
    case = said(one(body, "RslvdCase"), "Id", ID_LENGTH)
    word = said(one(body, "Sts"), "Conf", 4)
    found = []
    for each in _many(one(body, "CxlDtls"), "TxInfAndSts"):
        amount = each.find("{*}OrgnlIntrBkSttlmAmt")
        found.append(
            Answer(
                reference=said(each, "OrgnlEndToEndId", ID_LENGTH),
                case=case,
                original_message=_optional(each, "OrgnlGrpInf/{*}OrgnlMsgId", ID_LENGTH),
                word=word,
                code=_optional(each, "CxlStsRsnInf/{*}Rsn/{*}Cd", 4),
                note=_optional(each, "CxlStsRsnInf/{*}AddtlInf", 105),
                amount=None if amount is None else _money(amount),
            )
        )
    sender = _optional(assigned, "Assgnr/{*}Agt/{*}FinInstnId/{*}BICFI", 11)
    return Message("answer", message_id, sender, answers=tuple(found))


def _statements(body: Element) -> Message:
    message_id = said(one(body, "GrpHdr"), "MsgId", ID_LENGTH)
    return Message("statement", message_id, statements=tuple(_statement(each) for each in _many(body, "Stmt")))


def _statement(body: Element) -> Statement:
    number = said(body, "Id", ID_LENGTH)
    sequence = said(body, "ElctrncSeqNb", 15)
    if not sequence.isdecimal():
        raise Unreadable("incomplete", "ElctrncSeqNb")
    account = (body.findtext("{*}Acct/{*}Id/{*}Othr/{*}Id") or body.findtext("{*}Acct/{*}Id/{*}IBAN") or "").strip()
    if not account:
        raise Unreadable("incomplete", "Acct/Id")
    balances = {
        (each.findtext("{*}Tp/{*}CdOrPrtry/{*}Cd") or ""): each for each in body.iterfind("{*}Bal")
    }  # a statement names each kind once; the last one would win, and the sum below would tell
    if not {"OPBD", "CLBD"} <= set(balances):
        raise Unreadable("incomplete", "OPBD, CLBD")
    opening, closing = _signed(balances["OPBD"]), _signed(balances["CLBD"])
    entries = tuple(entry for each in body.iterfind("{*}Ntry") for entry in _entries(each, opening.currency))
    if len(entries) > MOST_ITEMS:
        raise Unreadable("too_many", str(len(entries)))
    if closing.currency != opening.currency:
        raise Unreadable("currency", closing.currency)
    if opening.minor + sum(entry.amount for entry in entries) != closing.minor:
        raise Unreadable("sum", number)
    return Statement(
        number,
        int(sequence),
        account,
        opening.currency,
        opening.minor,
        closing.minor,
        _day(balances["CLBD"], "Dt"),
        entries,
    )


def _entries(each: Element, currency: str) -> list[Entry]:
    """Give the booked lines of an entry: one, or one for each payment where the entry is a batch with its parts."""
    if each.findtext("{*}Sts/{*}Cd") != "BOOK":
        return []  # only announced; it comes again when it is booked
    total = _signed(each)
    if total.currency != currency:
        raise Unreadable("currency", total.currency)
    day, reference = _day(each, "BookgDt"), (each.findtext("{*}AcctSvcrRef") or "")[:ID_LENGTH]
    text = (each.findtext("{*}AddtlNtryInf") or "")[:200]
    parts = each.findall("{*}NtryDtls/{*}TxDtls")
    if len(parts) <= 1:
        named = (each.findtext("{*}NtryDtls/{*}TxDtls/{*}Refs/{*}EndToEndId") or "").strip()
        return [Entry(total.minor, named, reference, day, text)]
    sign = 1 if total.minor >= 0 else -1
    found = []
    for part in parts:
        money = _money(one(part, "Amt"))
        if money.currency != currency:
            raise Unreadable("currency", money.currency)
        named = (part.findtext("{*}Refs/{*}EndToEndId") or "").strip()
        found.append(Entry(sign * money.minor, named, reference, day, text))
    if sum(entry.amount for entry in found) != total.minor:
        raise Unreadable("sum", reference)
    return found


def _signed(each: Element) -> Money:
    money = _money(one(each, "Amt"))
    return -money if each.findtext("{*}CdtDbtInd") == "DBIT" else money


def _money(element: Element) -> Money:
    return amounts.read(element.text or "", element.get("Ccy") or "")


def _positive(money: Money) -> Money:
    if money.minor <= 0:
        raise Unreadable("amount", "zero")
    return money


def _day(each: Element, name: str) -> date:
    found = (each.findtext(f"{{*}}{name}/{{*}}Dt") or each.findtext(f"{{*}}{name}/{{*}}DtTm") or "")[:10]
    try:
        return date.fromisoformat(found)
    except ValueError as error:
        raise Unreadable("incomplete", name) from error


def _many(body: Element, name: str) -> list[Element]:
    found = body.findall(f"{{*}}{name}")
    if not found:
        raise Unreadable("incomplete", name)
    if len(found) > MOST_ITEMS:
        raise Unreadable("too_many", str(len(found)))
    return found


def _sender(header: Element) -> str:
    return _optional(header, "InstgAgt/{*}FinInstnId/{*}BICFI", 11)


def _optional(body: Element, path: str, most: int) -> str:
    return (body.findtext(f"{{*}}{path}") or "").strip()[:most]
