"""A gateway for text messages that is reached by HTTPS and takes JSON, as most providers' are.

| setting | means |
| --- | --- |
| `SMS_HTTP_URL` | where a text is posted; its host must be in `OUTGOING_HOSTS` |
| `SMS_HTTP_TOKEN` | the bearer token |
| `SMS_HTTP_FIELDS` | what the provider calls number, text and reference: `number=to,text=content,reference=client_id` |
"""

from django.conf import settings

from accounts.inbox.sms import Gateway, NoGateway
from core import outgoing

OURS = ("number", "text", "reference")


class HttpGateway(Gateway):
    """Posts each text once a call; raises outgoing.NotAllowed or outgoing.Failed when it was not taken."""

    def __init__(self) -> None:
        if not settings.SMS_HTTP_URL or not settings.SMS_HTTP_TOKEN:
            raise NoGateway("set PORTAL_SMS_HTTP_URL and PORTAL_SMS_HTTP_TOKEN")
        names = dict(pair.split("=", 1) for pair in settings.SMS_HTTP_FIELDS if "=" in pair)
        if set(names) != set(OURS) or not all(names.values()):
            raise NoGateway(f"PORTAL_SMS_HTTP_FIELDS names {', '.join(OURS)}, each once")
        self.names = names

    def send(self, *, number: str, text: str, reference: str) -> None:
        content = {self.names["number"]: number, self.names["text"]: text, self.names["reference"]: reference}
        outgoing.post_json(settings.SMS_HTTP_URL, content, token=settings.SMS_HTTP_TOKEN)
