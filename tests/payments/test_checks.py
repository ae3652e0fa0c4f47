"""Receipts are not given out without an address at which they can be checked."""

from typing import Any

import pytest

from payments.checks import receipts_name_a_public_address


@pytest.mark.parametrize(
    ("demo", "address", "found"),
    [
        (False, "", ["payments.E001"]),
        (False, "http://bank.example", ["payments.E001"]),
        (False, "https://bank.example", []),
        (True, "http://127.0.0.1:8000", []),
    ],
)
def test_a_deployment_without_a_public_address_is_refused(
    settings: Any, demo: bool, address: str, found: list[str]
) -> None:
    settings.DEMO, settings.PUBLIC_URL = demo, address
    assert [message.id for message in receipts_name_a_public_address(None)] == found
