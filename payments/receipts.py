"""A receipt as its reader may see it: plain values for the page, the PDF and the public check."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts import masks
from accounts.numbers import grouped
from payments import names, references
from payments.queries import TransferRecord


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one side of a transfer sees. The other side's name and number are shown as far as that side showed them."""

    transfer: TransferRecord
    is_payer: bool
    payer_name: str
    payer_number: str
    payee_name: str
    payee_number: str
    code: str
    code_grouped: str
    check_url: str


def for_side(transfer: TransferRecord, *, is_payer: bool) -> Receipt:
    """This function will make the receipt of a confirmed transfer for its payer or its payee.

    The payer sees the payee as the check page showed them, with the number that was typed. The payee sees who paid by
    full name, as the law of receipts has it, and the last four figures of their account.
    """
    code = transfer.verification_code
    if code is None:
        raise ValueError("only a confirmed transfer has a receipt")
    own = transfer.kind == "own"
    return Receipt(
        transfer=transfer,
        is_payer=is_payer,
        payer_name=transfer.payer_name,
        payer_number=grouped(transfer.source_number) if is_payer else masked_number(transfer.source_number),
        payee_name=transfer.payee_name if own or not is_payer else transfer.shown_name,
        payee_number=grouped(transfer.destination_number),
        code=code,
        code_grouped=references.grouped(code),
        check_url=f"{settings.PUBLIC_URL}{reverse('verify_receipt', args=[code])}",
    )


def for_public(transfer: TransferRecord) -> Receipt:
    """This function will make what anybody with the code may see: names and numbers half hidden."""
    code = transfer.verification_code or ""
    return Receipt(
        transfer=transfer,
        is_payer=False,
        payer_name=names.masked(transfer.payer_name),
        payer_number=masked_number(transfer.source_number),
        payee_name=names.masked(transfer.payee_name),
        payee_number=masked_number(transfer.destination_number),
        code=code,
        code_grouped=references.grouped(code),
        check_url="",
    )


def masked_number(number: str) -> str:
    """This function will leave the last four figures of an account number."""
    return masks.account_long(number)
