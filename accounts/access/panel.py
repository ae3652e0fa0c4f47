"""The step-up as part of a page: what is approved, the code, the passkey button.

    panel = StepUpPanel(request, operation="payments.transfer", payload=shown, words=sentence, now=now)
    if request.method == "POST" and form.is_valid() and panel.passed(now=now):
        try:
            receipt = transfers.confirm(..., challenge_id=panel.challenge_id, session=panel.session, now=now)
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
    return render(request, page, {"stepup": panel, ...})     # {% include "access/_stepup.html" %}

A page that answers a refused POST with a redirect to itself calls `panel.keep()` before: what was refused is said on
the page that follows, once, over the same question. Nothing that was typed into the code's box is kept.

The page works without JavaScript: the passkey button appears only with it.
"""

import json
import uuid
from datetime import datetime
from typing import Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import factors, queries, stepup
from accounts.access.forms.factors import FactorCodeField, passkey_failed, wait_sentence
from accounts.access.proof import Proof
from accounts.models import User
from core.ui.forms.base import PortalFormMixin

PREFIX = "stepup"
_KEPT = "stepup.refused"


class StepUpForm(PortalFormMixin, forms.Form):
    """The answer to a step-up: a typed code, or what a passkey signed."""

    challenge = forms.UUIDField(widget=forms.HiddenInput)
    assertion = forms.JSONField(required=False, widget=forms.HiddenInput)
    code = FactorCodeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=PREFIX, **kwargs)
        code = self.fields["code"]
        code.label = _("Code from your authenticator app, or a recovery code")
        code.error_messages["required"] = _("Enter the code that your authenticator app shows now")
        code.required = not self.data.get(f"{PREFIX}-assertion")  # a passkey's answer stands for the code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        assertion = cleaned.get("assertion")
        if assertion is not None and not isinstance(assertion, dict):
            self.add_error("code", passkey_failed())
        elif not assertion and not cleaned.get("code") and "code" not in self.errors:
            self.add_error("code", self.fields["code"].error_messages["required"])
        self.fields["code"].required = True  # shown again, it is not optional
        return cleaned


class _Said(StepUpForm):
    """The form after a redirect: why the answer before was refused, and an empty box."""

    def __init__(self, sentences: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__({}, *args, **kwargs)
        self._sentences = sentences

    def full_clean(self) -> None:
        """This method will find nothing wrong but what was said before."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        for words in self._sentences:
            self.add_error("code", words)


class StepUpPanel:
    """One step-up on one page: its question, its form, its outcome."""

    def __init__(
        self,
        request: HttpRequest,
        *,
        operation: str,
        payload: stepup.Payload,
        words: str,
        proof: Proof = Proof.ANY,
        now: datetime,
    ) -> None:
        self._user = cast("User", request.user)
        self._host = request.get_host()
        self._operation, self._payload, self._proof = operation, payload, proof
        self.session = request.session.session_key or ""
        self.words = words
        self.factors = queries.factors_of(self._user)
        self.enrol_url = f"{reverse('security')}#second-step"
        posted = request.method == "POST" and f"{PREFIX}-challenge" in request.POST
        self._request = request
        before = self._kept()
        self.form = StepUpForm(request.POST) if posted else _Said(before["said"]) if before else StepUpForm()
        if self.needs_passkey:
            self.form.fields["code"].error_messages["required"] = SENTENCES[stepup.NeedsPasskey]
        self._asked = _as_id(request.POST.get(f"{PREFIX}-challenge", "")) if posted else None
        self.challenge = self._question(now, keep=_as_id(before["question"]) if before else self._asked)

    def keep(self) -> None:
        """Keep what was refused for the page that a redirect to the same address leads to, in the session."""
        said = self.form.errors.get("code") or [self.form.fields["code"].error_messages["required"]]
        self._request.session[_KEPT] = {
            "path": self._request.path,
            "question": str(self.challenge.id),
            "said": [str(words) for words in said],
        }

    def _kept(self) -> dict[str, Any] | None:
        """What `keep` has left for this address; it is said once."""
        if self._request.method != "GET":
            return None
        left: dict[str, Any] | None = self._request.session.get(_KEPT)
        if left is None or left["path"] != self._request.path:
            return None
        del self._request.session[_KEPT]
        return left

    @property
    def challenge_id(self) -> uuid.UUID:
        """The question that was answered, for `stepup.consume`."""
        return self._asked or self.challenge.id

    @property
    def needs_passkey(self) -> bool:
        """Say whether a code does not open this act."""
        return self._proof is Proof.PASSKEY

    @property
    def can_answer(self) -> bool:
        """Say whether the person has what this act asks for."""
        return bool(self.factors.passkeys) if self.needs_passkey else self.factors.any

    @property
    def options(self) -> str:
        """What the browser needs to sign with a passkey, as JSON; empty where there is none."""
        if not self.factors.passkeys:
            return ""
        return json.dumps(factors.passkey_options(user=self._user, challenge=self.challenge.to_sign, host=self._host))

    def passed(self, *, now: datetime) -> bool:
        """Say whether the posted answer is right. When it is not, the form has the sentence and a question."""
        if not self.form.is_bound or not self.form.is_valid():
            return False
        cleaned = self.form.cleaned_data
        try:
            stepup.answer(
                user=self._user,
                challenge_id=cleaned["challenge"],
                code=cleaned["code"],
                assertion=cleaned["assertion"] or None,
                host=self._host,
                now=now,
            )
        except stepup.Refused as refusal:
            self._show(refusal, now)
            return False
        return True

    def refuse(self, refusal: stepup.Refused, *, now: datetime) -> None:
        """Say why the act did not go ahead, leave an audit row, and ask again."""
        stepup.report(user=self._user, challenge_id=self._asked, refusal=refusal, now=now)
        self._show(refusal, now)

    def _show(self, refusal: stepup.Refused, now: datetime) -> None:
        self.form.add_error("code", sentence(refusal))
        if not isinstance(refusal, stepup.WrongCode) and self.challenge.id == self._asked:
            self.challenge = self._question(now, keep=None)

    def _question(self, now: datetime, keep: uuid.UUID | None) -> stepup.Challenge:
        """Find the question that still waits, or put a new one."""
        waiting = stepup.pending(user=self._user, challenge_id=keep, now=now) if keep else None
        return waiting or stepup.start(
            user=self._user,
            operation=self._operation,
            payload=self._payload,
            session=self.session,
            proof=self._proof,
            now=now,
        )


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def sentence(refusal: stepup.Refused) -> str:
    """This function will say what a refusal means and what to do. Nothing has happened in any of these cases."""
    if isinstance(refusal, stepup.TooManyTries) and refusal.until:
        return wait_sentence(refusal.until)
    return str(SENTENCES.get(type(refusal), SENTENCES[stepup.Expired]))


SENTENCES = {
    stepup.TooManyTries: gettext_lazy(
        "Five wrong codes. Nothing was done. Check the details, then confirm with a new code."
    ),
    stepup.WrongCode: gettext_lazy(
        "This code is not right, or it was used already. Nothing was done. Wait for the next code and type that."
    ),
    stepup.Expired: gettext_lazy(
        "More than five minutes have passed. Nothing was done. Check the details, then confirm with a new code."
    ),
    stepup.Changed: gettext_lazy(
        "The details are no longer those you approved. Nothing was done. Check them, then confirm with a new code."
    ),
    stepup.Used: gettext_lazy("This approval was used already. Look at your transactions before you try again."),
    stepup.NeedsPasskey: gettext_lazy(
        "This sum takes your passkey; a code does not open it. Nothing was done. Confirm with the passkey."
    ),
    stepup.NoFactor: gettext_lazy("Set up an authenticator app or a passkey first. Nothing was done."),
}
