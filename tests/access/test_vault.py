"""What is kept unreadable at rest."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts import vault

K1 = "k1:" + base64.b64encode(bytes(range(32))).decode()
K2 = "k2:" + base64.b64encode(bytes(range(32, 64))).decode()


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.FIELD_KEYS = [K1]
    settings.INDEX_KEY = "index-key"


def test_a_known_text_under_a_known_key_and_nonce_gives_the_known_seal():
    sealed = vault._seal(b"11010519491231002X", "identity.number", key_id="k1", nonce=bytes(12))
    assert sealed.hex() == (
        "01026b31" + "00" * 12 + "c2bbd27256d7c4155cae99816be69329d11f3494da8b5cadb2ad757cceca40125399"
    )
    assert vault.decrypt(sealed, "identity.number") == b"11010519491231002X"


def test_a_known_text_has_the_known_blind_index():
    assert (
        vault.blind_index("11010519491231002X", "identity.number")
        == "c803dc2bdd564e36d595eb6653ff5a805623d66f0a1aa21d0333228b306ebd2b"
    )


def test_what_was_sealed_opens_again_and_never_looks_the_same():
    text = "䶮㛃 阿卜杜拉·买买提".encode()
    one, two = vault.encrypt(text, "p"), vault.encrypt(text, "p")
    assert one != two
    assert text not in one
    assert vault.decrypt(one, "p") == vault.decrypt(memoryview(two), "p") == text


def test_every_flipped_bit_is_noticed():
    sealed = vault.encrypt(b"secret", "p")
    for position in range(len(sealed) * 8):
        damaged = bytearray(sealed)
        damaged[position // 8] ^= 1 << (position % 8)
        with pytest.raises(vault.Unreadable):
            vault.decrypt(bytes(damaged), "p")


@pytest.mark.parametrize("length", range(40))
def test_a_cut_off_value_is_refused(length):
    sealed = vault.encrypt(b"secret", "p")
    assert len(sealed) == 38
    if length < len(sealed):
        with pytest.raises(vault.Unreadable):
            vault.decrypt(sealed[:length], "p")


def test_what_was_sealed_for_one_purpose_does_not_open_for_another():
    with pytest.raises(vault.Unreadable):
        vault.decrypt(vault.encrypt(b"secret", "mfa"), "identity.document")


def test_a_new_key_in_front_seals_what_is_new_and_the_old_one_still_opens_what_is_old(settings):
    old = vault.encrypt(b"secret", "p")
    settings.FIELD_KEYS = [K2, K1]
    new = vault.encrypt(b"secret", "p")
    assert vault.decrypt(old, "p") == vault.decrypt(new, "p") == b"secret"
    assert (vault.needs_new_key(old), vault.needs_new_key(new)) == (True, False)
    settings.FIELD_KEYS = [K2]
    with pytest.raises(vault.Unreadable):
        vault.decrypt(old, "p")


@pytest.mark.parametrize("keys", [[], ["k1"], ["k1:short"], ["k1:" + base64.b64encode(b"x" * 16).decode()], [":" + K1]])
def test_a_missing_or_mistyped_key_is_said_in_words(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="PORTAL_FIELD_KEYS"):
        vault.encrypt(b"secret", "p")


def test_a_blind_index_depends_on_the_text_the_purpose_and_the_key(settings):
    first = vault.blind_index("x", "p")
    assert first == vault.blind_index("x", "p")
    assert len({first, vault.blind_index("y", "p"), vault.blind_index("x", "q")}) == 3
    settings.INDEX_KEY = "another"
    assert vault.blind_index("x", "p") != first
    settings.INDEX_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="PORTAL_INDEX_KEY"):
        vault.blind_index("x", "p")
