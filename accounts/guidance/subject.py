"""How an article that waits for publication looks on the review desk."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy

from accounts.guidance import texts
from accounts.guidance.models import Edition
from accounts.guidance.services import DECIDERS
from core.reviews.subject import Person, Presentation, Reason, Section, Text, UnknownPaper

LABELS: dict[str, Text] = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("In short"),
    "needs": gettext_lazy("What you need"),
    "cost": gettext_lazy("What it costs"),
    "time": gettext_lazy("How long it takes"),
    "steps": gettext_lazy("Steps"),
    "more": gettext_lazy("Good to know"),
}
LANGUAGES: dict[str, Text] = {"zh-hans": gettext_lazy("Chinese"), "en": gettext_lazy("English")}
REASONS = (
    Reason(
        "not_true",
        gettext_lazy("Does not say what the portal does"),
        gettext_lazy("Something in the article is not what the portal does."),
        gettext_lazy("Try each step as a customer and write what happens."),
    ),
    Reason(
        "not_plain",
        gettext_lazy("Hard to understand"),
        gettext_lazy("A customer would have to read it twice."),
        gettext_lazy("Use short sentences and everyday words."),
    ),
    Reason(
        "languages_differ",
        gettext_lazy("The two languages say different things"),
        gettext_lazy("Chinese and English do not say the same."),
        gettext_lazy("Change both together."),
    ),
)


class ArticleEdition:
    """Publication of a help article. `subject_id` is the public id of the edition."""

    label: Text = gettext_lazy("Help article")
    by_colleague = True
    roles: Sequence[str] = DECIDERS
    leads: Sequence[str] = DECIDERS

    def present(self, subject_id: str, *, full: bool) -> Presentation:  # noqa: ARG002 - nothing in it is secret
        edition = _get(subject_id)
        public = edition.article.editions.filter(state=Edition.State.PUBLISHED).first()
        sections = []
        for language, name in LANGUAGES.items():
            rows: list[tuple[Text, Text]] = []
            for part in texts.PARTS:
                now_public = public.texts[language][part] if public is not None else ""
                if edition.texts[language][part] or now_public:
                    rows.append((LABELS[part], edition.texts[language][part]))
                    if public is not None and now_public != edition.texts[language][part]:
                        rows.append((gettext_lazy("… as published now"), now_public or "—"))
            sections.append(Section(name, rows))
        return Presentation(sections=sections, papers=())

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:  # noqa: ARG002 - an article has none
        raise UnknownPaper(name)

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def check_label(self, name: str) -> Text:
        return name

    def why(self, code: str) -> Text:
        return code

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Edition.objects.select_for_update(of=("self",)) if lock else Edition.objects
        edition = rows.get(public_id=subject_id)
        return f"{edition.state}:{texts.digest(edition.texts)}"

    def concerns(self, subject_id: str, user: Person) -> bool:
        return _get(subject_id).written_by_id == user.pk

    def objection(self, subject_id: str, *, now: datetime) -> Text:  # noqa: ARG002 - nothing else can have changed
        return ""


def _get(subject_id: str) -> Edition:
    return Edition.objects.select_related("article").get(public_id=subject_id)
