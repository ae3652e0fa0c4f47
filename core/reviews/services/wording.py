"""Writing reasons' words down: what a release declares, what two people have published, what a decision gave."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone, translation

from core import audit
from core.reviews import plainness, wording
from core.reviews.errors import UnknownReason
from core.reviews.models import ReasonText
from core.reviews.subject import Reason, kinds, subject_of

ALWAYS = date(2020, 1, 1)  # the first words count from before the bank opened, like the policy figures
TEXTS = ("label_zh", "label_en", "tells_zh", "tells_en", "advice_zh", "advice_en")


def given(*, kind: str, codes: Sequence[str], verdict: str, now: datetime) -> list[int]:
    """This function will name, for each code, the version whose words a decision made now gives.

    Needs an open transaction. What was never written down is written as the release declares it. Raises UnknownReason
    for a code that such a decision may not name today.
    """
    declared = {reason.code: reason for reason in subject_of(kind).reasons()}
    today = timezone.localdate(now)
    if set(codes) - declared.keys():
        raise UnknownReason
    found: dict[str, list[ReasonText]] = {code: [] for code in codes}
    for text in ReasonText.objects.filter(subject=kind, code__in=list(codes)).order_by("-version"):
        found[text.code].append(text)
    versions = []
    for code in codes:
        text = wording.in_force(found[code], on=today) or _first(kind, declared[code], now)
        if verdict not in text.verdicts or (text.valid_to is not None and text.valid_to < today):
            raise UnknownReason
        versions.append(text.version)
    return versions


def publish(
    *,
    kind: str,
    code: str,
    texts: dict[str, str],
    valid_from: date,
    valid_to: date | None,
    change: uuid.UUID,
    actor: object,
    now: datetime,
) -> ReasonText:
    """This function will add a version that two people have agreed on; what was told before stays as it was told.

    Needs an open transaction. A repeat with the same change is answered with its version. Raises UnknownReason.
    """
    made = ReasonText.objects.filter(change=change).first()
    if made is not None:
        return made
    lock(kind, code)
    newest = ReasonText.objects.filter(subject=kind, code=code).order_by("-version").first()
    declared = next((reason for reason in subject_of(kind).reasons() if reason.code == code), None)
    if declared is None:
        raise UnknownReason
    before = newest or _first(kind, declared, now)
    row = ReasonText.objects.create(
        subject=kind,
        code=code,
        version=before.version + 1,
        verdicts=before.verdicts,
        valid_from=valid_from,
        valid_to=valid_to,
        change=change,
        added_at=now,
        **{name: texts[name] for name in TEXTS},
    )
    audit.record(
        act="reviews.reason_published",
        subject=f"reviews.reason:{kind}/{code}",
        actor=actor,  # type: ignore[arg-type]  # whoever settings.AUTH_USER_MODEL names
        before=_said(before),
        after=_said(row),
        now=now,
    )
    wording.forget()
    transaction.on_commit(wording.forget)
    return row


def seed(*, now: datetime, using: str = DEFAULT_DB_ALIAS) -> int:
    """This function will write down what the release declares, and answer how many versions that made.

    As the owner of the tables. A reason without a text gets its first; one whose newest words came with a release gets
    the new release's, from today on; what two people have published is theirs and stays. May be repeated.
    """
    added = 0
    texts = ReasonText.objects.using(using)
    with transaction.atomic(using=using):
        lock("", "", using=using)
        newest = {(text.subject, text.code): text for text in texts.order_by("subject", "code", "version")}
        for kind in kinds():
            for reason in subject_of(kind).reasons():
                found = newest.get((kind, reason.code))
                words = declared_words(reason)
                if not plainness.in_its_language(words["label_zh"], plainness.CHINESE):
                    continue  # not translated, or the translations are not compiled yet: the next migrate brings it
                if found is None:
                    _first(kind, reason, now, using=using)
                elif found.change is None and {name: getattr(found, name) for name in TEXTS} != words:
                    texts.create(
                        subject=kind,
                        code=reason.code,
                        version=found.version + 1,
                        verdicts=list(reason.verdicts),
                        valid_from=timezone.localdate(now),
                        added_at=now,
                        **words,
                    )
                else:
                    continue
                added += 1
    wording.forget()
    return added


def lock(kind: str, code: str, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """This function will let changes of one reason's words wait for one another until the transaction ends."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reviews.reason:{kind}/{code}"])


def declared_words(reason: Reason) -> dict[str, str]:
    """This function will give the words a release declares, in both languages."""
    words = {}
    for language, ending in (("zh-hans", "zh"), ("en", "en")):
        with translation.override(language):
            for name in ("label", "tells", "advice"):
                words[f"{name}_{ending}"] = str(getattr(reason, name))
    return words


def _first(kind: str, reason: Reason, now: datetime, *, using: str = DEFAULT_DB_ALIAS) -> ReasonText:
    text, _made = ReasonText.objects.using(using).get_or_create(
        subject=kind,
        code=reason.code,
        version=1,
        defaults={
            "verdicts": list(reason.verdicts),
            "valid_from": ALWAYS,
            "added_at": now,
            **declared_words(reason),
        },
    )
    return text


def _said(text: ReasonText) -> dict[str, object]:
    return {
        "version": text.version,
        "from": text.valid_from.isoformat(),
        "until": text.valid_to.isoformat() if text.valid_to else None,
        **{name: getattr(text, name) for name in TEXTS},
    }
