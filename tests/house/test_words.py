"""What stands in a choice is a state or a kind, in both languages, and no two choices of one field read alike.

English says "Ended" of an order and above a column of times; Chinese does not. A text translated for the one place and
shown in the other is found here.
"""

import pytest
from django.apps import apps
from django.db.models import Field
from django.utils.translation import override


def of_the_house() -> list[Field]:
    rooms = {"core", "ledger", "accounts", "products", "payments", "loans", "analytics", "portal"}
    models = [model for model in apps.get_models() if model.__module__.split(".")[0] in rooms]
    return [field for model in models for field in model._meta.fields if field.choices]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_two_choices_of_a_field_read_alike(language: str) -> None:
    fields = of_the_house()
    assert len(fields) > 50
    with override(language):
        for field in fields:
            labels = [str(label) for _value, label in field.flatchoices]
            assert len(labels) == len(set(labels)), f"{field}: {labels}"


def test_no_choice_reads_as_a_time_or_a_date() -> None:
    with override("zh-hans"):
        for field in of_the_house():
            wrong = [str(label) for _value, label in field.flatchoices if str(label).endswith(("时间", "日期"))]
            assert not wrong, f"{field}: {wrong}; give the text a context of its own"
