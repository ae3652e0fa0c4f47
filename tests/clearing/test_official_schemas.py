"""What the bank and its embedded clearing system write is valid against official schemas that lie beside the checkout.

The portal comes with those of pacs.008 and camt.053, by which it judges every file. The others are looked for among the
data beside the repository (`../shared/data/iso20022/<name>.xsd.gz`); pacs.002 and pacs.004: tests/crossborder.
"""

import gzip
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from payments.clearing.embedded import writing
from payments.clearing.messages import camt056, pacs028

REFERENCE, ORIGINAL, OWN, OTHER = "T261123-7K4M9Q2P", "a" * 32, "999290000012", "102100099996"


@pytest.mark.parametrize("name", ["camt.029.001.09", "camt.056.001.08", "pacs.028.001.03"])
def test_questions_and_answers_about_payments_are_valid(name: str, real_data: Path, now: datetime) -> None:
    path = real_data / "iso20022" / f"{name}.xsd.gz"
    if not path.exists():
        pytest.skip(f"the official schema {name} is not in ../shared/data/iso20022")
    schema = etree.XMLSchema(etree.fromstring(gzip.decompress(path.read_bytes())))
    for content in written(name, now):
        schema.assertValid(etree.fromstring(content))


def written(name: str, now: datetime) -> Iterable[bytes]:
    """Every shape in which a message is written."""
    if name == "pacs.028.001.03":
        yield pacs028.write(message_id="M-1", created_at=now, original_message=ORIGINAL, reference=REFERENCE)
    elif name == "camt.056.001.08":
        for words in ("", "Paid twice, the second time by mistake. " * 10):
            request = camt056.Request(
                "M" * 35, "C-1", ORIGINAL, REFERENCE, 100_00, "CNY", "DUPL", words, OWN, OTHER
            )  # fmt: skip
            yield camt056.write(request, created_at=now)
    else:
        for word, code, note, amount in (("IPAY", "", "", 85_00), ("RJCR", "CUST", "", None), ("RJCR", "AC04", "x", 1)):
            yield writing.answer(
                message_id="M-1", at=now, case="C-1", original_message=ORIGINAL, reference=REFERENCE, word=word,
                code=code, note=note, amount=amount, currency="CNY", answering=OTHER, own_bank=OWN,
            )  # fmt: skip
