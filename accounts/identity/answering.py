"""The desk asks the applicant something while it looks: they are told, read the questions, and answer them."""

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import inbox
from accounts.access.decorators import customer_required
from accounts.identity import queries
from accounts.identity.models import Verification
from accounts.identity.questions import BY_CODE
from accounts.identity.services import SUBJECT
from accounts.models import Customer
from core.outbox import Fact
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Question
from core.reviews.services.asking import ANSWER_LENGTH, open_question
from core.ui import formats
from core.ui.forms import PortalForm


class AnswerForm(PortalForm):
    """One field for each question, under its code."""

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in codes:
            question = BY_CODE[code]
            self.fields[code] = forms.CharField(
                label=str(question.asks),
                help_text=str(question.advice),
                max_length=ANSWER_LENGTH,
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"required": gettext_lazy("Answer this question")},
            )


def tell(fact: Fact) -> None:
    """This handler will tell an applicant that the review desk asks them something."""
    if fact.payload["subject"] != SUBJECT:
        return
    verification = Verification.objects.select_related("customer__user").get(public_id=fact.payload["subject_id"])
    user, until = verification.customer.user, parse_datetime(fact.payload["answer_by"])
    if user is None or until is None:
        return
    inbox.send(
        user=user,
        event="identity.asked",
        key=f"identity.asked:{fact.payload['question']}",
        text=partial(_letter, list(fact.payload["codes"]), until),
        link=reverse("identity_answer"),
        now=fact.created_at,
    )


def _letter(codes: list[str], until: datetime) -> tuple[str, str]:
    count = len(codes)
    title = ngettext("We have a question about your application", "We have %(count)s questions about your application",
                     count) % {"count": count}  # fmt: skip
    day = formats.day(timezone.localtime(until).date(), get_language())
    asks = "\n".join(f"· {BY_CODE[code].asks}" for code in codes)
    return title, asks + "\n\n" + _("Answer by %(day)s under “Your verification”.") % {"day": day}


def question_for(customer: Customer) -> Question | None:
    """This function will find what a customer is asked at this moment."""
    verification = queries.latest_sent(customer)
    if verification is None or verification.state != Verification.State.IN_REVIEW:
        return None
    return open_question(SUBJECT, str(verification.public_id))


@customer_required
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    question = question_for(customer)
    if question is None:
        return redirect("identity_status")
    form = AnswerForm(request.POST if request.method == "POST" else None, codes=question.codes)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                desk.answer_information(
                    subject=SUBJECT,
                    subject_id=question.case.subject_id,
                    actor=request.user,
                    answers=form.cleaned_data,
                    now=timezone.now(),
                )
        except errors.NotAsked:
            messages.info(request, _("The review desk no longer needs an answer. Your application goes on."))
        else:
            messages.success(request, _("Your answer is with the review desk. Your application goes on."))
        return redirect("identity_status")
    return render(request, "identity/answer.html", {"form": form, "until": question.answer_by})
