"""What the back office calls a record's links to other records, where the model gives them no words of their own.

Django makes such a name from the code's ("credited to"); here each has its words, so that they can be translated. A
name that stands here is said everywhere alike; a link that needs other words names them in its model.
"""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

LABELS: dict[str, Promise] = {
    "bank account": pgettext_lazy("record", "bank account"),
    "batch": pgettext_lazy("record", "batch"),
    "brought": pgettext_lazy("record", "brought from another bank"),
    "change": pgettext_lazy("record", "change by two people"),
    "comeback": pgettext_lazy("record", "entry of the money that came back"),
    "credited to": pgettext_lazy("record", "credited to"),
    "customer": pgettext_lazy("record", "customer"),
    "destination": pgettext_lazy("record", "account it goes to"),
    "entry": pgettext_lazy("record", "entry in the books"),
    "fee back": pgettext_lazy("record", "entry of the fee given back"),
    "file": pgettext_lazy("record", "file"),
    "message": pgettext_lazy("record", "message"),
    "payee": pgettext_lazy("record", "payee"),
    "payer": pgettext_lazy("record", "payer"),
    "payment": pgettext_lazy("record", "payment"),
    "public id": pgettext_lazy("record", "public number"),
    "release": pgettext_lazy("record", "entry when it left"),
    "reversal": pgettext_lazy("record", "entry that undid it"),
    "run": pgettext_lazy("record", "run"),
    "settlement": pgettext_lazy("record", "entry of its settlement"),
    "source": pgettext_lazy("record", "account it comes from"),
    "transfer": pgettext_lazy("record", "transfer"),
}


def give() -> None:
    """This function will give every field whose name Django made up the words above, once the models are loaded."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            made_up = getattr(field, "_verbose_name", "") is None
            if made_up and (words := LABELS.get(str(field.verbose_name))) is not None:  # type: ignore[union-attr]
                field.verbose_name = words  # type: ignore[union-attr]
