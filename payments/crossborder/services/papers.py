"""Documents of a payment that waits to be confirmed: taken through the gate, sealed, taken off again."""

import hashlib
import uuid
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from accounts.models import Customer
from core import audit
from ledger.calendar import business_date
from payments import queries as payments
from payments.crossborder import figures, files, queries, rendering
from payments.crossborder.models import Page, Paper, Payment, Upload
from payments.crossborder.refusals import TooManyPapers, TooManyUploads
from payments.crossborder.states import State
from payments.refusals import DraftVoid, UnknownTransfer

A_DAY = timedelta(days=1)
LONGEST_NAME = 80


def add(*, customer: Customer, payment_id: uuid.UUID, data: bytes, name: str, declared: str, now: datetime) -> Paper:
    """This function will keep a document of a draft: the pictures of its pages, sealed. The same file is kept once.

    Counted first, so that what is refused counts too; judged outside every transaction; kept in one that locks the
    payer. Raises UnknownTransfer, DraftVoid, TooManyUploads, TooManyPapers, PhotoRefused, TooManyPages.
    """
    limits = figures.papers(on=business_date(now))
    with transaction.atomic():
        payments.lock(customer)
        _draft(customer, payment_id, now)
        if queries.uploads_since(customer, now - A_DAY) >= limits.a_day:
            raise TooManyUploads
        Upload.objects.create(customer=customer, at=now)
    pages = rendering.pages(data, name=name, declared=declared, limits=limits.photo, most=limits.pages)
    digest = hashlib.sha256(data).hexdigest()
    written: list[str] = []
    try:
        with transaction.atomic():
            payments.lock(customer)
            payment = _draft(customer, payment_id, now)
            before = payment.papers.filter(digest=digest).first()
            if before is not None:
                return before
            if payment.papers.count() >= limits.most:
                raise TooManyPapers(limits.most)
            paper = Paper.objects.create(payment=payment, name=shown_name(name), digest=digest, added_at=now)
            for number, jpeg in enumerate(pages, start=1):
                written.append(files.write(jpeg))
                Page.objects.create(
                    paper=paper, number=number, file=written[-1], digest=hashlib.sha256(jpeg).hexdigest()
                )
            audit.record(
                act="crossborder.paper_added",
                subject=f"crossborder.payment:{payment.public_id}",
                actor=customer.user,
                after={"paper": str(paper.public_id), "pages": len(pages), "sha256": digest},
                now=now,
            )
    except BaseException:
        for each in written:  # nothing stays of what was not kept
            files.remove(each)
        raise
    return paper


def remove(*, customer: Customer, payment_id: uuid.UUID, paper_id: uuid.UUID, now: datetime) -> bool:
    """This function will take a document off a draft, or say False. Raises UnknownTransfer, DraftVoid."""
    with transaction.atomic():
        payments.lock(customer)
        payment = _draft(customer, payment_id, now)
        paper = payment.papers.filter(public_id=paper_id).first()
        if paper is None:
            return False
        names = list(paper.pages.values_list("file", flat=True))
        paper.delete()
        audit.record(
            act="crossborder.paper_removed",
            subject=f"crossborder.payment:{payment.public_id}",
            actor=customer.user,
            after={"paper": str(paper_id)},
            now=now,
        )
        transaction.on_commit(partial(_forget, names))
    return True


def _forget(names: list[str]) -> None:
    for each in names:
        files.remove(each)


def shown_name(name: str) -> str:
    """This function will give a file name as it may be shown: its last part, nothing that hides or breaks lines."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in last if char.isprintable() and char not in "<>\"'&")
    return " ".join(plain.split())[:LONGEST_NAME] or "document"


def _draft(customer: Customer, payment_id: uuid.UUID, now: datetime) -> Payment:
    payment = queries.locked(customer.payments_abroad, payment_id)
    if payment is None:
        raise UnknownTransfer
    if payment.state != State.DRAFT or payment.expires_at <= now:
        raise DraftVoid
    return payment
