"""The automatic checks of an application. Pure: they are given everything and ask nobody.

A finding that fails stands against an approval; one to look closely at, or one that could not run, asks for a second
pair of eyes.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.identity import documents, mrz, names, numbers, photos, risk
from accounts.identity.figures import Figures
from accounts.identity.findings import Application, Finding, Outcome, Renewed
from accounts.identity.reading import Says

Text = str | Promise


LABELS: Mapping[str, Text] = {
    "number": gettext_lazy("Identity number"),
    "birth_date": gettext_lazy("Date of birth"),
    "age": gettext_lazy("Age"),
    "zone": gettext_lazy("Machine-readable lines"),
    "expiry": gettext_lazy("Document still runs"),
    "renewal": gettext_lazy("Fits the verified identity"),
    "duplicate": gettext_lazy("Only one customer"),
    "photo_front": gettext_lazy("Photo: portrait side"),
    "photo_back": gettext_lazy("Photo: emblem side"),
    "photo_selfie": gettext_lazy("Photo: face"),
    "photos_differ": gettext_lazy("Three different photos"),
    "reading": gettext_lazy("Photo agrees with what was typed"),
    "look_alike": gettext_lazy("Nobody alike among our customers"),
    "watch_list": gettext_lazy("Watch list"),
    "risk": gettext_lazy("Risk"),
}

FAULTS: Mapping[photos.Fault, Text] = {
    photos.Fault.BLANK: gettext_lazy("The photo shows hardly anything."),
    photos.Fault.DARK: gettext_lazy("The photo is very dark."),
    photos.Fault.BRIGHT: gettext_lazy("The photo is washed out by light."),
    photos.Fault.BLURRED: gettext_lazy("The photo looks blurred."),
}


def run(application: Application, *, figures: Figures, today: date) -> list[Finding]:
    """This function will run every check and list what they found, in the order a reviewer reads them."""
    findings = [
        _number(application),
        *([_zone(application, today)] if documents.KINDS[application.kind].has_zone else []),
        _birth_date(application, today),
        _age(application, figures, today),
        _expiry(application, figures, today),
        *([_renewal(application, application.renews)] if application.renews else []),
        _duplicate(application),
        *(_photo(side, jpeg) for side, jpeg in application.photos.items()),
        _photos_differ(application),
        _reading(application),
        _look_alike(application),
        _watch_list(application),
    ]
    return [*findings, _risk(rating(application, figures=figures))]


def rating(application: Application, *, figures: Figures) -> risk.Rating:
    """This function will rate the risk of an application by the written rules."""
    return risk.rate(
        risk.Facts(
            listed=bool(application.hits),
            not_screened=application.hits is None,
            look_alike=bool(application.look_alikes),
            foreign_document=not documents.KINDS[application.kind].of_residents,
            occupation=application.occupation,
            income=application.income,
            document_unread=not application.reading or any(v.says is not Says.AGREES for v in application.reading),
        ),
        figures.risk,
    )


def reasons_for_two(findings: Sequence[Finding]) -> tuple[str, ...]:
    """This function will name the checks because of which two different people must approve."""
    return tuple(f.name for f in findings if f.outcome in {Outcome.WARN, Outcome.COULD_NOT_RUN})


def _number(application: Application) -> Finding:
    try:
        number = documents.parse(application.kind, application.number)
    except numbers.NumberError as error:
        return Finding(
            "number", Outcome.FAIL, lambda: _("The number is not one that such a document can have."),
            {"reason": error.reason.value},
        )  # fmt: skip
    if not number.region_known_then:
        return Finding(
            "number", Outcome.WARN,
            lambda: _("The check character is right, but the region code had gone out of use before the birth."),
            {"region": number.text[:6]},
        )  # fmt: skip
    if number.born_on is None:
        return Finding("number", Outcome.PASS, lambda: _("The number is written as passport numbers are."))
    return Finding("number", Outcome.PASS, lambda: _("Check character, birth date and region code are right."))


def _zone(application: Application, today: date) -> Finding:
    try:
        zone = mrz.parse(application.zone, today=today)
    except mrz.ZoneError as error:
        return Finding(
            "zone", Outcome.FAIL, lambda: _("A check digit of the machine-readable lines does not agree."),
            {"reason": error.reason.value, "part": error.part},
        )  # fmt: skip
    agrees = {
        "number": zone.number == application.number,
        "born_on": zone.born_on == application.born_on,
        "expires_on": zone.expires_on == application.expires_on,
    }
    if not all(agrees.values()):
        return Finding(
            "zone", Outcome.FAIL, lambda: _("The machine-readable lines say something else than what was typed."),
            agrees,
        )  # fmt: skip
    if names.romanised(zone.name) != names.romanised(application.name):
        return Finding(
            "zone", Outcome.WARN,
            lambda: _("The check digits agree, but the name is written differently in the machine-readable lines."),
            {**agrees, "name": False},
        )  # fmt: skip
    return Finding(
        "zone", Outcome.PASS, lambda: _("All check digits agree; number, dates and name are those typed."), agrees
    )


def _birth_date(application: Application, today: date) -> Finding:
    zone = documents.zone_of(application.zone, today=today) if application.zone else None
    try:
        inside = zone.born_on if zone else documents.parse(application.kind, application.number).born_on
    except numbers.NumberError:
        inside = None
    if inside is None:
        return Finding("birth_date", Outcome.COULD_NOT_RUN, lambda: _("The number gives no date to compare with."))
    if inside == application.born_on:
        return Finding("birth_date", Outcome.PASS, lambda: _("The date typed is the one on the document."))
    return Finding("birth_date", Outcome.FAIL, lambda: _("The date typed is not the one on the document."))


def _age(application: Application, figures: Figures, today: date) -> Finding:
    if application.born_on is None:
        return Finding("age", Outcome.COULD_NOT_RUN, lambda: _("There is no date of birth."))
    age = numbers.age_on(application.born_on, today)
    evidence = {"age": age, "least": figures.least_age, "on": today.isoformat()}
    if age < figures.least_age:
        return Finding(
            "age", Outcome.FAIL,
            lambda: _("%(age)s years old; the bank asks for at least %(least)s.")
            % {"age": age, "least": figures.least_age},
            evidence,
        )  # fmt: skip
    if age < figures.two_reviewers_under_age or age > figures.two_reviewers_over_age:
        return Finding(
            "age", Outcome.WARN,
            lambda: _("%(age)s years old: two people look at applications at this age.") % {"age": age},
            evidence,
        )  # fmt: skip
    return Finding("age", Outcome.PASS, lambda: _("%(age)s years old.") % {"age": age}, evidence)


def _expiry(application: Application, figures: Figures, today: date) -> Finding:
    if application.never_expires:
        return Finding("expiry", Outcome.PASS, lambda: _("A long-term document."))
    if application.expires_on is None:
        return Finding("expiry", Outcome.COULD_NOT_RUN, lambda: _("There is no expiry date."))
    evidence = {"expires_on": application.expires_on.isoformat(), "on": today.isoformat()}
    if application.expires_on < today:
        return Finding("expiry", Outcome.FAIL, lambda: _("The document has expired."), evidence)
    if application.expires_on <= today + timedelta(days=figures.expires_soon_days):
        days = (application.expires_on - today).days
        return Finding(
            "expiry", Outcome.WARN,
            lambda: ngettext(
                "The document runs out in %(days)s day.", "The document runs out in %(days)s days.", days
            ) % {"days": days},
            evidence,
        )  # fmt: skip
    return Finding("expiry", Outcome.PASS, lambda: _("The document has not expired."), evidence)


def _renewal(application: Application, old: Renewed) -> Finding:
    """Compare with the identity that is verified: the same person, and truly another document."""
    has_zone = documents.KINDS[application.kind].has_zone
    evidence = {
        "born_on": old.born_on == application.born_on,
        "number": old.kind != application.kind or has_zone or old.number == application.number,
        "name": names.compare_key(old.name) == names.compare_key(application.name),
        "later": application.never_expires
        or (not old.never_expires and (old.expires_on or date.min) < (application.expires_on or date.min)),
        "new_photos": not old.photo_digests & set(application.photo_digests.values()),
    }
    if not (evidence["born_on"] and evidence["number"]):
        return Finding(
            "renewal", Outcome.FAIL,
            lambda: _("Birth date or number is not that of the verified identity."), evidence,
        )  # fmt: skip
    if not evidence["name"]:
        return Finding(
            "renewal", Outcome.WARN,
            lambda: _("The name was corrected since the last verification: compare it with the new document."),
            evidence,
        )  # fmt: skip
    if not evidence["later"]:
        return Finding(
            "renewal", Outcome.WARN, lambda: _("The document does not run longer than the one we have."), evidence
        )
    if not evidence["new_photos"]:
        return Finding("renewal", Outcome.WARN, lambda: _("A photo is the same as for the old document."), evidence)
    return Finding(
        "renewal", Outcome.PASS,
        lambda: _("The same person with a document that runs longer; old and new stand side by side."), evidence,
    )  # fmt: skip


def _duplicate(application: Application) -> Finding:
    evidence = {"verified": application.same_number_approved, "sent": application.same_number_sent}
    if application.same_number_approved:
        return Finding(
            "duplicate", Outcome.FAIL, lambda: _("Another customer is already verified with this number."), evidence
        )
    if application.same_number_sent:
        return Finding("duplicate", Outcome.WARN, lambda: _("Another customer has sent this number before."), evidence)
    return Finding("duplicate", Outcome.PASS, lambda: _("Nobody else has used this number."), evidence)


def _photo(side: str, jpeg: bytes | None) -> Finding:
    name = f"photo_{side}"
    if jpeg is None:
        return Finding(name, Outcome.COULD_NOT_RUN, lambda: _("The photo could not be opened."))
    try:
        seen = photos.look(jpeg)
    except photos.PhotoRefused:
        return Finding(name, Outcome.COULD_NOT_RUN, lambda: _("The photo could not be opened."))
    evidence = {"brightness": seen.brightness, "contrast": seen.contrast, "sharpness": seen.sharpness}
    fault = seen.fault(is_face=side == "selfie")
    if fault is not None:
        return Finding(name, Outcome.WARN, lambda: str(FAULTS[fault]), {**evidence, "fault": fault.value})
    return Finding(name, Outcome.PASS, lambda: _("Bright enough, sharp enough."), evidence)


def _photos_differ(application: Application) -> Finding:
    digests = list(application.photo_digests.values())
    if len(set(digests)) < len(digests):
        return Finding("photos_differ", Outcome.WARN, lambda: _("The same picture was sent more than once."))
    return Finding("photos_differ", Outcome.PASS, lambda: _("No picture was sent twice."))


FIELDS: Mapping[str, Text] = {
    "number": gettext_lazy("number"),
    "name": gettext_lazy("name"),
    "born_on": gettext_lazy("date of birth"),
    "expires_on": gettext_lazy("expiry date"),
}


def _reading(application: Application) -> Finding:
    """Say what the photo says. What was not read is said so; it counts neither for nor against."""
    if application.reading is None:
        return Finding(
            "reading", Outcome.COULD_NOT_RUN,
            lambda: _("The photos were not read by machine: compare them with what was typed."),
            {"why": application.reading_failed},
        )  # fmt: skip
    evidence = {v.field: {"says": v.says.value, "score": v.score, "read": v.read} for v in application.reading}
    differing = [v.field for v in application.reading if v.says is Says.DIFFERS]
    unread = [v.field for v in application.reading if v.says is Says.UNREAD]
    if differing:
        return Finding(
            "reading", Outcome.WARN,
            lambda: _("The photo says something else than what was typed: %(fields)s.") % {"fields": _list(differing)},
            evidence,
        )  # fmt: skip
    if unread:
        return Finding(
            "reading", Outcome.COULD_NOT_RUN,
            lambda: _("Could not be read on the photo: %(fields)s. Compare by eye.") % {"fields": _list(unread)},
            evidence,
        )  # fmt: skip
    least = round(100 * min(v.score for v in application.reading))
    return Finding(
        "reading", Outcome.PASS,
        lambda: _("Everything read on the photo is what was typed (least confidence %(score)s%%).") % {"score": least},
        evidence,
    )  # fmt: skip


def _list(fields: Sequence[str]) -> str:
    return _(", ").join(str(FIELDS[one]) for one in fields)


def _look_alike(application: Application) -> Finding:
    count = len(application.look_alikes)
    if count:
        return Finding(
            "look_alike", Outcome.WARN,
            lambda: ngettext(
                "%(count)s other customer comes close in name and birth date or address. Compare them below.",
                "%(count)s other customers come close in name and birth date or address. Compare them below.", count,
            ) % {"count": count},
            {"found": list(application.look_alikes)},
        )  # fmt: skip
    return Finding("look_alike", Outcome.PASS, lambda: _("Nobody else comes close in name, birth date and address."))


def _watch_list(application: Application) -> Finding:
    hits = application.hits
    if hits is None:
        return Finding("watch_list", Outcome.COULD_NOT_RUN, lambda: _("No watch list is loaded: nobody was looked up."))
    evidence = {"edition": application.watch_list[:12]}
    if not hits:
        return Finding("watch_list", Outcome.PASS, lambda: _("Nobody on the watch list resembles this name."), evidence)
    nearest = hits[0]
    return Finding(
        "watch_list", Outcome.WARN,
        lambda: ngettext(
            "%(count)s entry resembles the name; the nearest, %(reference)s, at %(score)s of 100. Decide by the"
            " evidence, and say nothing of it to the customer.",
            "%(count)s entries resemble the name; the nearest, %(reference)s, at %(score)s of 100. Decide by the"
            " evidence, and say nothing of it to the customer.",
            len(hits),
        ) % {"count": len(hits), "reference": nearest.reference, "score": nearest.score},
        {
            **evidence,
            "hits": [
                {"reference": hit.reference, "name": hit.name, "score": hit.score, "year_fits": hit.year_fits,
                 "note": hit.note}
                for hit in hits
            ],
        },
    )  # fmt: skip


RISKS: Mapping[str, Text] = {
    "listed": gettext_lazy("resembles an entry of the watch list"),
    "not_screened": gettext_lazy("no watch list was loaded"),
    "look_alike": gettext_lazy("resembles another customer"),
    "foreign_document": gettext_lazy("a foreign document"),
    "income_unusual": gettext_lazy("an income unusual for the occupation"),
    "cash_business": gettext_lazy("a business of their own"),
    "great_income": gettext_lazy("a very high income"),
    "document_unread": gettext_lazy("the document was not read in full"),
}
LEVELS: Mapping[risk.Level, Text] = {
    risk.Level.LOW: gettext_lazy("Low"),
    risk.Level.MEDIUM: gettext_lazy("Medium"),
    risk.Level.HIGH: gettext_lazy("High: two different people decide"),
}


def _risk(rated: risk.Rating) -> Finding:
    def sentence() -> str:
        level = _("%(level)s, %(points)s points.") % {"level": LEVELS[rated.level], "points": rated.points}
        if not rated.reasons:
            return level
        why = _(", ").join(str(RISKS[reason]) for reason in rated.reasons)
        return _("%(level)s Counted: %(why)s.") % {"level": level, "why": why}

    return Finding(
        "risk",
        Outcome.WARN if rated.level is risk.Level.HIGH else Outcome.PASS,
        sentence,
        {"level": rated.level.value, "points": rated.points, "reasons": list(rated.reasons), "rules": rated.edition},
    )
