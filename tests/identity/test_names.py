"""A hundred names as they stand in documents: kept as they are, compared whatever the dot."""

from datetime import datetime

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.identity import demo, names
from accounts.identity.forms import LegalNameField
from accounts.identity.models import Verification
from accounts.identity.names import Fault
from accounts.models import Customer
from core.ui import glyphs
from tests.factories import identity as make
from tests.identity.test_views import typed

RARE = "𬎆䶮㛃𬭩𫖯㭎𬀩𫍯䶮𪻐𫘝𫟅𬬭𬱖𠅤㵎䂮㸆㑇䢼㼆"
MINORITY = [
    "阿卜杜拉·买买提", "迪丽热巴·迪力木拉提", "古力娜扎·拜合提亚尔", "买买提江·吾买尔", "阿依古丽·艾山江",
    "尼格买提·热合曼", "木合塔尔·阿布都热合曼", "帕孜丽亚·吐尔逊", "吉克隽逸", "扎西·多吉", "次仁·卓玛·旺姆",
    "哈斯·额尔敦", "萨日娜·包", "也尔江·波拉提汗", "阿卜杜热依木·麦麦提伊敏",
]  # fmt: skip
LATIN = [
    "O'Brien", "Anne-Marie Dupont", "Jürgen Groß", "Nguyễn Thị Ánh", "José María Ñúñez", "Null", "Ng", "Łukasz Żółć",
    "Ștefan Țîrlea", "Þórður Ólafsson", "Ivan Đorđević", "Søren Ærø", "X", "Æ", "Dr. No", "J. R. R. Tolkien", "李",
    "欧阳𬎆", "Мария Иванова", "Ελένη", "محمد علي", "שרה כהן", "김민준", "さくら", "山田・太郎",
]  # fmt: skip
FAMILY = "林王李张刘陈杨赵黄周吴徐孙胡朱高何郭马罗"
ALL = [
    *(f"{FAMILY[n % len(FAMILY)]}{char}" for n, char in enumerate(RARE)),
    *(f"{FAMILY[n]}一{char}" for n, char in enumerate(RARE[: len(FAMILY)])),
    "王\ufa19", "李\U0002f80a",  # the same shapes as others, and other characters
    *MINORITY, *LATIN, *(f"{one}小明" for one in FAMILY),
]  # fmt: skip


def test_there_are_a_hundred_names() -> None:
    assert len(ALL) >= 100


@pytest.mark.parametrize("name", ALL)
def test_a_name_is_taken_as_it_is(name: str) -> None:
    assert LegalNameField().clean(name) == name
    assert names.compare_key(name)


@pytest.mark.parametrize("dot", ["\u00b7", "\u2022", "\u30fb", "\u2027"])
def test_every_kind_of_dot_compares_equal_and_stays_as_it_was_typed(dot: str) -> None:
    typed_name = f"阿卜杜拉{dot}买买提"
    assert names.compare_key(typed_name) == names.compare_key("阿卜杜拉·买买提") == "阿卜杜拉买买提"
    assert LegalNameField().clean(typed_name) == typed_name


def test_different_names_have_different_keys() -> None:
    assert len({names.compare_key(name) for name in ALL}) == len(set(ALL))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("林\u202e美", Fault.INVISIBLE), ("林\u200b美", Fault.INVISIBLE), ("\u2066林美\u2069", Fault.INVISIBLE),
        ("林\u200d美", Fault.INVISIBLE), ("林美😀", Fault.SIGNS), ("林美<b>", Fault.SIGNS), ("林美1", Fault.SIGNS),
        ("美" * 61, Fault.LONG), ("A" * 61, Fault.LONG), ("美" * 60, None), ("A", None), ("A·" * 30, None),
    ],
)  # fmt: skip
def test_what_hides_something_or_is_no_name_is_refused_with_a_sentence(text: str, fault: Fault | None) -> None:
    if fault is None:
        assert LegalNameField().clean(text)
        return
    with pytest.raises(ValidationError) as refused:
        LegalNameField().clean(text)
    assert refused.value.code == fault.value


@pytest.mark.django_db
def test_a_hundred_names_come_back_from_form_database_page_and_letter_unchanged(
    client: Client, customer: Customer, now: datetime
) -> None:
    make.enter(client, customer.user)
    for name in ALL:
        assert client.post(reverse("identity_details"), typed(legal_name=name)).status_code == 302
        draft = Verification.objects.get()
        assert (draft.legal_name, draft.name_key) == (name, names.compare_key(name))
        assert client.get(reverse("identity_details")).context["form"].initial["legal_name"] == name
    message = mail.EmailMessage("姓名", "\n".join(ALL), "bank@example.com", ["a@example.com"]).message()
    assert message.get_payload(decode=True).decode().split("\n") == ALL


def test_no_character_of_a_name_is_lost_in_the_type_of_receipts() -> None:
    for name in ALL:
        for char in name:
            shown = glyphs.spelled_out(char, demo.FONT)
            assert shown in {char, f"〔U+{ord(char):04X}〕"}
    assert glyphs.spelled_out("欧阳䶮㛃·", demo.FONT) == "欧阳䶮㛃·"  # drawn
    assert glyphs.spelled_out("欧阳𬎆", demo.FONT) == "欧阳〔U+2C386〕"  # spelled out: the type has no shape for it


def test_a_name_is_read_in_plain_latin_letters_whatever_the_order() -> None:
    assert names.romanised("王伟") == names.romanised("Wang Wei") == names.romanised("WEI, WANG") == "wang wei"
    assert names.romanised("吕燕") == "lv yan"
    assert names.romanised("José Ñúñez") == "jose nunez"


def test_the_save_of_a_name_is_the_only_way_to_its_key(now: datetime) -> None:
    draft = Verification(started_at=now)
    draft.keep_name("阿卜杜拉•买买提")
    assert (draft.legal_name, draft.name_key) == ("阿卜杜拉•买买提", "阿卜杜拉买买提")
