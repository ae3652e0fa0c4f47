"""Why a file is refused and why something waits for repair, as codes with the sentence staff read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A file that is not taken in.
FILES: dict[str, Promise] = {
    "name": _("The file has a name that no message has."),
    "too_large": _("The file is larger than a message may be."),
    "signature": _("The signature is absent or was not made for this file."),
    "encoding": _("The file is not written in UTF-8."),
    "doctype": _("The file brings a document type or entities of its own, which may hide an attack."),
    "malformed": _("The file is cut off or is no XML."),
    "namespace": _("The file is no message that we take in."),
    "schema": _("The file does not agree with the official schema."),
    "incomplete": _("Something that a message of this kind must say is missing or stands there twice."),
    "amount": _("An amount in it cannot be read exactly."),
    "currency": _("A currency in it is unknown or does not fit the account."),
    "sum": _("Its sums do not come out: opening balance and entries do not make the closing balance."),
    "count": _("It holds another number of payments than it says."),
    "too_many": _("It holds more entries than a message may."),
    "sender": _("It does not say which of our correspondent banks it comes from."),
    "message_id": _("Another message with the same number was taken in before."),
    "statement_number": _("Another statement with the same number was taken in before."),
    "account": _("The statement is about an account that is not ours."),
}

# Something in a good file that we cannot follow.
ITEMS: dict[str, Promise] = {
    "unknown_payment": _("We have sent no payment of this reference."),
    "unknown_recall": _("We have not asked for this payment's money."),
    "wrong_message": _("The payment was sent in another message than the one named."),
    "wrong_amount": _("The amount is not the payment's."),
    "wrong_currency": _("The currency is not the payment's."),
    "contradicts": _("This contradicts what we know about the payment."),
    "unknown_status": _("The status is one we do not know."),
    "no_reference": _("The entry names no payment of ours."),
    "double_entry": _("The same payment stands on the statements a second time."),
    "account_closed": _("The money came back, but the customer's account is closed; it waits in suspense."),
    "unexplained": _("Books and statement differ by an amount that nothing explains."),
    "gap": _("The statement does not begin where the one before it ended."),
    "wrong_sender": _("The payment was sent through another correspondent bank."),
    "too_little": _("More was kept on the way back than banks ask for it."),
    "silent": _("Nobody has said what became of the payment."),
    "no_rate": _("The money came back, but there is no rate to turn it into yuan; it waits in suspense."),
    "not_written": _("The payments could not be written into a message; they wait in clearing."),
}


def sentence(code: str) -> str:
    """This function will say a code in a sentence."""
    return str(FILES.get(code) or ITEMS.get(code) or code)
