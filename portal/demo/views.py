"""The pages of the demo bank: who one can be and how to sign in as them; the text messages it would send."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import demo as access_demo
from accounts.inbox import sms
from portal.demo import people


@never_cache
@require_safe
def demo_people(request: HttpRequest) -> HttpResponse:
    """Show who lives in the demo bank, their password and their present codes. Elsewhere this page does not exist."""
    if not settings.DEMO:
        raise Http404
    now = timezone.now()
    codes = access_demo.codes_now(now=now)
    chinese = (get_language() or "").startswith("zh")
    shown = [
        {
            "email": person.email,
            "phone": person.phone,
            "name": person.name or person.email.partition("@")[0],
            "what": person.what_zh if chinese else person.what_en,
            "code": codes.get(person.email, ""),
        }
        for person in people.EVERYBODY
    ]
    facts = {"people": shown, "password": people.PASSWORD, "seconds": access_demo.seconds_left(now=now)}
    return render(request, "pages/demo.html", facts)


@never_cache
@require_safe
def demo_texts(request: HttpRequest) -> HttpResponse:
    """Show the text messages the demo bank would have sent. Elsewhere this page does not exist."""
    if not settings.DEMO:
        raise Http404
    return render(request, "pages/demo_texts.html", {"texts": sms.shown(now=timezone.now())})
