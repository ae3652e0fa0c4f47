"""Files out of order, twice, late, unknown, forged, broken, huge: nothing moves that should not, and people hear."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from core.audit.models import Row
from ledger.models import Entry
from payments.clearing import gateway, signing
from payments.clearing.messages import incoming, safe
from payments.clearing.models import InboundFile, Payment, RepairItem
from payments.clearing.services import taking
from payments.clearing.states import State
from tests.factories import clearing as make
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(wang: make.Payer, other: make.OtherSide, now: datetime) -> Payment:
    payment = make.accepted(wang, 250_00, now=now)
    other.round(now)
    payment.refresh_from_db()
    assert payment.state == State.SENT
    return payment


def state_of(payment: Payment) -> State:
    return State(Payment.objects.values_list("state", flat=True).get(pk=payment.pk))


def nothing_moved(payment: Payment, cause: str) -> None:
    """The payment stands where it stood, nothing was booked after it, and people were told why."""
    assert state_of(payment) is State.SENT
    assert Entry.objects.filter(kind__startswith="clearing.").count() == 1
    assert list(RepairItem.objects.values_list("cause", flat=True)) == [cause]


def refused(payment: Payment, cause: str) -> None:
    """As `nothing_moved`, and the file is kept with its hash, in the trail too."""
    nothing_moved(payment, cause)
    file = InboundFile.objects.get()
    assert (file.state, file.cause) == (InboundFile.State.REFUSED, cause)
    assert Row.objects.filter(act="clearing.file_refused").count() == 1


# ── forged, replayed ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "attack", ["a byte flipped", "no signature", "another's key", "our own key", "garbled", "renamed"]
)
def test_a_message_whose_signature_is_not_its_own_is_refused_and_told(
    other: make.OtherSide, sent: Payment, now: datetime, attack: str
) -> None:
    content = other.status(sent, now=now)
    name = other.put(content)
    path = other.folder / "in" / name
    match attack:
        case "a byte flipped":
            path.write_bytes(content.replace(b"ACSC", b"RJCT"))
        case "no signature":
            path.with_name(name + gateway.SIGNATURE).unlink()
        case "another's key":
            other.put(content, name=name, key="x" * 40)
        case "our own key":
            key = settings.CLEARING_KEY_OUT
            other.put(content, name=name, signature=signing.sign(name=name, content=content, key=key, direction="out"))
        case "garbled":
            other.put(content, name=name, signature=b'{"algorithm": "none", "mac": null}')
        case "renamed":
            path.rename(path.with_name("z.xml"))
            path.with_name(name + gateway.SIGNATURE).rename(path.with_name("z.xml" + gateway.SIGNATURE))
    assert other.round(now).files.refused == 1
    refused(sent, "signature")
    assert not list((other.folder / "in").glob("*.xml"))


def test_a_message_that_lost_its_signature_on_the_way_is_taken_when_it_comes_again_with_it(
    other: make.OtherSide, sent: Payment, now: datetime
) -> None:
    content = other.status(sent, now=now)
    name = other.put(content, signature=b"")
    other.round(now)
    other.put(content, name=name)
    assert other.round(now).files.taken == 1
    assert state_of(sent) is State.SETTLED


def test_an_old_message_played_again_is_taken_in_once_counted_and_told(
    other: make.OtherSide, sent: Payment, now: datetime
) -> None:
    content = other.status(sent, now=now)
    name = other.put(content)
    other.round(now)
    entries = Entry.objects.count()
    for days in (0, 400):
        other.put(content, name=name)
        assert other.round(now + timedelta(days=days)).files.repeated == 1
    assert Entry.objects.count() == entries
    assert InboundFile.objects.get().deliveries == 3
    assert Row.objects.filter(act="clearing.file_repeated").count() == 2


def test_another_message_under_a_number_that_was_taken_is_refused(
    other: make.OtherSide, sent: Payment, now: datetime
) -> None:
    other.put(other.status(sent, "ACSP", now=now, message_id="SAME"))
    other.put(other.status(sent, "RJCT", now=now, message_id="SAME"))
    done = other.round(now)
    assert (done.files.taken, done.files.refused) == (1, 1)
    nothing_moved(sent, "message_id")


# ── broken ───────────────────────────────────────────────────────────────────

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]><Document>&lol3;</Document>"""
XXE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'


def shapes(content: bytes) -> dict[str, tuple[bytes, str]]:
    return {
        "xxe": (XXE, "doctype"),
        "billion laughs": (LAUGHS, "doctype"),
        "xxe in utf-16": (XXE.decode().encode("utf-16"), "encoding"),
        "another encoding declared": (content.replace(b"UTF-8", b"UTF-7", 1), "encoding"),
        "empty": (b"", "malformed"),
        "garbage": (b"\x00\x01\x02 no xml at all", "malformed"),
        "truncated": (content[: len(content) // 2], "malformed"),
        "two roots": (content + content.partition(b"?>")[2], "malformed"),
        "wrong namespace": (content.replace(b"pacs.002.001.10", b"pacs.002.001.99"), "namespace"),
        "no namespace": (content.replace(b' xmlns="' + incoming.STATUS.encode() + b'"', b""), "namespace"),
        "another root": (content.replace(b"Document", b"Dokument"), "namespace"),
        "no status": (content.replace(b"TxSts", b"TxXxx"), "incomplete"),
        "two references": (
            content.replace(b"<TxSts>", b"<OrgnlEndToEndId>T</OrgnlEndToEndId><TxSts>"),
            "incomplete",
        ),
        "amount with an exponent": (content.replace(b">250.00<", b">2.5E2<"), "amount"),
        "amount below a fen": (content.replace(b">250.00<", b">250.001<"), "amount"),
        "negative amount": (content.replace(b">250.00<", b">-250.00<"), "amount"),
        "unknown currency": (content.replace(b'"CNY"', b'"XXX"'), "currency"),
    }


@pytest.mark.parametrize("shape", list(shapes(b"")))
def test_a_broken_file_is_refused_whole(other: make.OtherSide, sent: Payment, now: datetime, shape: str) -> None:
    content, cause = shapes(other.status(sent, now=now))[shape]
    other.put(content)
    assert other.round(now).files.refused == 1
    refused(sent, cause)


def test_nested_elements_and_long_texts_end_in_a_refusal_and_not_in_the_parser(now: datetime) -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    with pytest.raises(safe.Unreadable):
        incoming.read(deep)
    with pytest.raises(safe.Unreadable):
        incoming.read(b"<Document>" + b"x" * 11_000_000 + b"</Document>")


def test_a_file_of_fifty_megabytes_is_not_read_into_memory_and_the_next_one_is_taken(
    other: make.OtherSide, sent: Payment, now: datetime
) -> None:
    box = other.folder / "in"
    box.mkdir(exist_ok=True)
    with (box / "a-huge.xml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    other.put(other.status(sent, now=now), name="b.xml")
    begun = time.monotonic()
    done = other.round(now)
    assert (done.files.refused, done.files.taken) == (1, 1)
    assert time.monotonic() - begun < 5
    kept = InboundFile.objects.get(state=InboundFile.State.REFUSED)
    assert (kept.cause, kept.size, bytes(kept.content)) == ("too_large", 50 * 1024 * 1024, b"")
    assert state_of(sent) is State.SETTLED


def test_the_size_is_judged_to_the_byte(other: make.OtherSide, sent: Payment, now: datetime) -> None:
    content = other.status(sent, now=now)
    add_figure("clearing.file_most_bytes", str(len(content) - 1), now=now)
    other.put(content, name="one-too-many.xml")
    assert other.round(now).files.refused == 1
    add_figure("clearing.file_most_bytes", str(len(content)), since=(now + timedelta(days=1)).date(), now=now)
    other.put(content, name="just-right.xml")
    assert other.round(now + timedelta(days=1)).files.taken == 1


@pytest.mark.parametrize("name", ["..xml", "a b.xml", "$(reboot).xml", "x.xml.exe", "名.xml", "-rf.xml", "a\nb.xml"])
def test_a_file_with_a_name_that_no_message_has_is_put_aside(
    other: make.OtherSide, sent: Payment, now: datetime, name: str
) -> None:
    other.put(other.status(sent, now=now), name="right.xml")
    (other.folder / "in" / name).write_bytes(b"<Document/>")
    done = other.round(now)
    assert done.files.taken == 1
    assert done.files.refused == (0 if name.startswith(".") else 1)
    assert name.startswith(".") or (other.folder / "aside" / name).exists()


def test_a_link_is_not_followed(other: make.OtherSide, sent: Payment, now: datetime) -> None:
    target = other.folder / "target"
    target.write_bytes(other.status(sent, now=now))
    (other.folder / "in").mkdir(exist_ok=True)
    (other.folder / "in" / "link.xml").symlink_to(target)
    assert other.round(now).files.refused == 1
    refused(sent, "name")


# ── wrong, unknown, out of order, twice, late ────────────────────────────────


@pytest.mark.parametrize(
    ("what", "changes", "cause"),
    [
        ("a payment that never was", {"reference": "T999999-NEVERWAS"}, "unknown_payment"),
        ("another amount", {"amount": 250_01}, "wrong_amount"),
        ("another currency", {"currency": "USD"}, "wrong_currency"),
        ("another message", {"original_message": "somebody else's"}, "wrong_message"),
    ],
)
@pytest.mark.parametrize("kind", ["status", "return"])
def test_what_does_not_fit_its_payment_moves_nothing_and_waits_for_people(
    other: make.OtherSide, sent: Payment, now: datetime, what: str, changes: dict[str, Any], cause: str, kind: str
) -> None:
    made = other.status(sent, now=now, **changes) if kind == "status" else other.returned(sent, now=now, **changes)
    other.put(made)
    assert other.round(now).files.taken == 1
    nothing_moved(sent, cause)


def test_a_status_we_do_not_know_is_not_taken_for_one_we_do(
    other: make.OtherSide, sent: Payment, now: datetime
) -> None:
    other.put(other.status(sent, "CANC", now=now))
    other.round(now)
    nothing_moved(sent, "unknown_status")


def test_statuses_on_the_way_are_noted_and_move_nothing(other: make.OtherSide, sent: Payment, now: datetime) -> None:
    for what in ("RCVD", "ACTC", "ACSP", "PDNG"):
        other.put(other.status(sent, what, now=now))
    other.round(now)
    assert state_of(sent) is State.SENT
    assert list(sent.steps.order_by("pk").values_list("heard", flat=True)) == ["", "", "RCVD", "ACTC", "ACSP", "PDNG"]
    assert not RepairItem.objects.exists()


@pytest.mark.parametrize(
    ("order", "ends", "repairs"),
    [
        (["ACSC", "ACSC"], State.SETTLED, []),
        (["RJCT", "RJCT"], State.REJECTED, []),
        (["return", "return"], State.RETURNED, []),
        (["return", "ACSC"], State.RETURNED, []),  # the settlement comes after the return
        (["ACSC", "return", "ACSC"], State.RETURNED, []),
        (["ACSC", "RJCT"], State.SETTLED, ["contradicts"]),
        (["RJCT", "ACSC"], State.REJECTED, ["contradicts"]),
        (["RJCT", "return"], State.REJECTED, ["contradicts"]),
        (["return", "RJCT"], State.RETURNED, ["contradicts"]),
    ],
)
def test_answers_in_any_order_and_number_end_where_they_should(
    other: make.OtherSide, sent: Payment, now: datetime, order: list[str], ends: State, repairs: list[str]
) -> None:
    for each in order:
        other.put(other.returned(sent, now=now) if each == "return" else other.status(sent, each, now=now))
        other.round(now)
    assert state_of(sent) is ends
    assert list(RepairItem.objects.values_list("cause", flat=True)) == repairs
    booked = {State.SETTLED: 2, State.REJECTED: 2, State.RETURNED: 4}[ends]
    assert Entry.objects.filter(kind__startswith="clearing.").count() == booked


def test_an_answer_for_a_payment_that_was_taken_back_or_not_yet_sent_moves_nothing(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    from payments.clearing.paths import Mode

    payment = make.accepted(wang, 250_00, mode=Mode.ORDINARY, now=now)
    for made in (other.status(payment, now=now, original_message="x"), other.returned(payment, now=now)):
        other.put(made)
    other.round(now)
    assert state_of(payment) is State.ACCEPTED
    assert set(RepairItem.objects.values_list("cause", flat=True)) == {"wrong_message"}


def test_one_bad_answer_in_a_message_does_not_hold_up_the_others(
    wang: make.Payer, other: make.OtherSide, sent: Payment, now: datetime
) -> None:
    good = other.status(sent, now=now)
    item = good[good.index(b"<TxInfAndSts>") : good.index(b"</TxInfAndSts>") + len(b"</TxInfAndSts>")]
    bad = item.replace(sent.reference.encode(), b"T999999-NEVERWAS")
    other.put(good.replace(item, bad + item))
    other.round(now)
    assert state_of(sent) is State.SETTLED
    assert RepairItem.objects.get().cause == "unknown_payment"


def test_a_file_that_is_killed_half_way_is_taken_whole_the_next_time(
    other: make.OtherSide, sent: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.put(other.status(sent, now=now))

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(taking.audit, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            other.round(now)
    assert state_of(sent) is State.SENT
    assert not InboundFile.objects.exists()
    assert other.round(now).files.taken == 1
    assert state_of(sent) is State.SETTLED


def test_what_was_taken_in_stays_as_it_came(other: make.OtherSide, sent: Payment, now: datetime) -> None:
    other.put(other.status(sent, now=now))
    other.round(now)
    for change in ({"content": b"x"}, {"digest": "0" * 64}, {"state": "refused"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InboundFile.objects.update(**change)
