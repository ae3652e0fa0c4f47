"""The embedded clearing system: behaves like a real one, faults included, and plays the same day twice."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from core.changes.models import Change
from payments.clearing import queries
from payments.clearing.embedded import fates
from payments.clearing.embedded.fates import Kind
from payments.clearing.embedded.simulator import Simulator
from payments.clearing.messages import pacs008, safe
from payments.clearing.models import Payment, RepairItem, Statement
from payments.clearing.services import payments as service
from payments.clearing.services.accounts import nostro_number
from payments.clearing.states import State
from tests.factories import clearing as make

pytestmark = pytest.mark.django_db


def simulator(folder: Path, seed: int = 7) -> Simulator:
    return Simulator(
        folder=folder, seed=seed, key_from_bank=settings.CLEARING_KEY_OUT, key_to_bank=settings.CLEARING_KEY_IN,
        account=nostro_number("CNY"), opening=make.FUNDS,
    )  # fmt: skip


def day(bank: make.OtherSide, now: datetime, *, minutes: int) -> None:
    """Let bank and clearing system take turns for a while."""
    for second in range(0, minutes * 60, 10):
        moment = now + timedelta(seconds=second)
        bank.round(moment)
        simulator(bank.folder).tick(moment)  # made anew each time: it goes on from what it wrote down
        assert queries.in_clearing("CNY") == queries.in_flight("CNY")


def test_a_day_of_every_fault_ends_with_books_that_agree_with_the_last_statement_to_the_cent(
    other: make.OtherSide, now: datetime
) -> None:
    wang = make.payer(balance=20_000_00, now=now)
    paid = {
        kind: make.accepted(wang, 500_00 + cents, now=now) for cents, kind in fates.BY_AMOUNT.items()
    }  # fmt: skip
    plain = make.accepted(wang, 700_00, now=now)
    day(other, now, minutes=12)
    ends = {kind: State(Payment.objects.get(pk=payment.pk).state) for kind, payment in paid.items()}
    assert ends == {
        Kind.REJECT: State.REJECTED,
        Kind.RETURN: State.RETURNED,
        Kind.SILENCE: State.SETTLED,  # after it was asked about
        Kind.TWICE: State.SETTLED,
        Kind.GARBAGE: State.SETTLED,
        Kind.STATEMENT_ONLY: State.SETTLED,
        Kind.STRAY: State.SETTLED,
    }
    plain.refresh_from_db()
    assert plain.state in {State.SETTLED, State.REJECTED, State.RETURNED}
    assert set(RepairItem.objects.values_list("cause", flat=True)) == {"malformed", "no_reference"}
    newest = Statement.objects.filter(compared_at__isnull=False).latest("sequence")
    assert (newest.unexplained, newest.outstanding) == (0, 0)
    assert (queries.in_clearing("CNY"), queries.in_flight("CNY")) == (0, 0)
    assert not Change.objects.exists()


def test_the_same_seed_and_the_same_files_play_the_same_day(
    wang: make.Payer, other: make.OtherSide, tmp_path: Path, now: datetime
) -> None:
    for amount in (100_11, 100_12, 100_14, 100_15, 100_17, 321_00, 654_32):
        make.accepted(wang, amount, now=now)
    other.round(now)
    played = []
    for name in ("first", "second"):
        folder = tmp_path / name
        shutil.copytree(other.folder / "out", folder / "out")
        for second in range(0, 180, 5):
            simulator(folder).tick(now + timedelta(seconds=second))
        played.append({path.name: path.read_bytes() for path in sorted((folder / "in").iterdir())})
    assert played[0] == played[1]
    assert len(played[0]) > 10


def test_the_clearing_system_takes_no_message_that_is_not_signed_or_not_valid(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    make.accepted(wang, 100_00, now=now)
    other.round(now)
    (path,) = (other.folder / "out").glob("*.xml")
    path.write_bytes(path.read_bytes().replace(b">100.00<", b">900.00<"))
    simulator(other.folder).tick(now)
    assert simulator(other.folder).memory.payments == {}


def test_what_the_bank_writes_is_valid_against_the_official_schema_and_nothing_else_is_written(now: datetime) -> None:
    one = pacs008.Instruction(
        reference="T261123-7K4M9Q2P", amount=1, currency="CNY", settle_on=now.date(),
        payer_name="欧阳 \x0b修" + "长" * 200,
        payer_account="8810000012345678", payee_name="<&>\"'", payee_account="6225880112345678", payee_bank=make.CMB,
        memo="房租\n十一月 🏮",
    )  # fmt: skip
    content = pacs008.write(
        message_id="M1", created_at=now, path="beps", own_bank=settings.CLEARING_OWN_CODE, instructions=[one, one]
    )
    message_id, read = pacs008.read(content)
    assert (message_id, len(read), read[0].amount, read[0].payee_name) == ("M1", 2, 1, "<&>\"'")
    assert len(read[0].payer_name) == 140
    assert read[0].memo == "房租 十一月 🏮"
    with pytest.raises(safe.Unreadable):
        pacs008.write(message_id="", created_at=now, path="beps", own_bank="x" * 36, instructions=[one])


def test_a_batch_is_handed_over_again_with_the_same_bytes_after_a_kill(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    from payments.clearing.paths import Mode
    from payments.clearing.services import sending

    for _number in range(3):
        make.accepted(wang, 100_00, mode=Mode.ORDINARY, now=now)
    later = now + timedelta(hours=2)

    class Killed(Exception):
        pass

    class Dying:
        def send(self, *, name: str, content: bytes) -> None:
            other.gateway.send(name=name, content=content)
            raise Killed

    with pytest.raises(Killed):
        sending.send_due(gateway=Dying(), now=later)  # type: ignore[arg-type]
    first = {path.name: path.read_bytes() for path in (other.folder / "out").iterdir()}
    assert set(Payment.objects.values_list("state", flat=True)) == {"accepted"}
    for payment in Payment.objects.all():  # written into a message: too late to be taken back
        assert not service.may_take_back(payment, now=later - timedelta(minutes=1))
    assert sending.send_due(gateway=other.gateway, now=later) == 3
    assert {path.name: path.read_bytes() for path in (other.folder / "out").iterdir()} == first
    assert len(other.received()) == 3
    assert sending.send_due(gateway=other.gateway, now=later) == 0


def test_fates_are_drawn_from_seed_and_reference_alone_and_every_kind_occurs() -> None:
    drawn = [fates.fate(seed=1, reference=f"T{number}", amount=1_00, path="IBPS") for number in range(3000)]
    assert {fate.kind for fate in drawn} == set(Kind)
    assert drawn[5] == fates.fate(seed=1, reference="T5", amount=1_00, path="IBPS")
    assert drawn != [fates.fate(seed=2, reference=f"T{number}", amount=1_00, path="IBPS") for number in range(3000)]
    settled = sum(fate.kind is Kind.SETTLE for fate in drawn) / len(drawn)
    assert 0.74 < settled < 0.84
