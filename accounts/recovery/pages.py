"""Finished values for the templates."""

import uuid
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.recovery.models import Evidence, Recovery
from accounts.recovery.services import SUBJECT
from core.reviews import services as desk
from core.reviews.subject import Reason
from core.ui import formats

State = Recovery.State


def masked(number: str) -> str:
    """This function will show a number as its owner recognises it and nobody can use it."""
    return f"{number[:1]}{'•' * max(len(number) - 3, 0)}{number[-2:]}" if len(number) > 3 else "•••"


def photos(kept: Mapping[str, Evidence]) -> list[dict[str, Any]]:
    """This function will list the photos that are kept; the address changes with the picture."""
    return [
        {
            "title": Evidence.Side(side).label,
            "url": f"{reverse('recover_photo', args=[side])}?v={kept[side].digest[:12]}",
            "width": kept[side].width,
            "height": kept[side].height,
        }
        for side in Evidence.Side.values
        if side in kept
    ]


def reasons(recovery: Recovery) -> Sequence[Reason]:
    """This function will give the reasons of a refusal in its person's words."""
    return desk.told(SUBJECT, str(recovery.public_id)) if recovery.decline_reasons else []


def app(form: Any, user: User) -> dict[str, Any]:
    """This function will give what the page needs to set up an authenticator app: a picture and a key to type."""
    adapter, secret = get_adapter(), get_totp_secret(regenerate=False)
    url = adapter.build_totp_url(user, secret)
    return {
        "form": form,
        "totp_svg_data_uri": _data_uri(adapter.build_totp_svg(url)),
        "typed_key": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }


def timeline(recovery: Recovery, *, now: datetime) -> list[dict[str, Any]]:
    """This function will tell where a request stands, since when, and what comes when."""
    state = State(recovery.state)
    ready = formats.moment(timezone.localtime(recovery.ready_at), get_language()) if recovery.ready_at else ""
    sent = {"title": _("Sent; every place we reach you was told"), "state": "done", "at": recovery.sent_at}
    looked = {"title": _("A reviewer compares your photos"), "state": "done", "at": recovery.decided_at}
    waited = {"title": _("The wait"), "state": "done", "text": _("Until %(ready)s.") % {"ready": ready}}
    new = {"title": _("Set up the new second step"), "state": "next"}
    over = recovery.ready_at is not None and recovery.ready_at <= now
    decided = [looked] if recovery.decided_at is not None else []
    after_sending: dict[State, list[dict[str, Any]]] = {
        State.DRAFT: [],
        State.SENT: [{**looked, "state": "now"}, {**waited, "state": "next"}, new],
        State.DECLINED: [looked, {"title": _("Not approved"), "state": "stopped"}],
        State.STOPPED: [*decided, {"title": _("Stopped"), "state": "stopped", "at": recovery.ended_at}],
        State.APPROVED: [looked, waited, {**new, "state": "now"}]
        if over
        else [looked, {**waited, "state": "now"}, new],
        State.LAPSED: [looked, waited, {"title": _("Not used in time"), "state": "stopped", "at": recovery.ended_at}],
        State.DONE: [looked, waited, {**new, "state": "done", "at": recovery.ended_at}],
    }
    return [sent, *after_sending[state]]


def uuid_of(text: str) -> uuid.UUID:
    """This function will read what was signed as a public id."""
    return uuid.UUID(text)


def _data_uri(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode('ascii')}"
