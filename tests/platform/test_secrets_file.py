"""Secrets are made once, kept from others, and never silently replaced."""

import base64
import stat

import pytest
from house import secrets_file, setting
from house.say import Trouble


@pytest.fixture
def path(tmp_path):
    return tmp_path / "env"


def test_the_first_start_makes_every_secret_and_the_second_changes_none(path):
    first = secrets_file.load(path, data_exists=False)
    assert set(first) == set(secrets_file.MAKERS)
    assert secrets_file.load(path, data_exists=True) == first


def test_two_banks_share_no_secret(tmp_path):
    first = secrets_file.load(tmp_path / "a", data_exists=False)
    second = secrets_file.load(tmp_path / "b", data_exists=False)
    assert not set(first.values()) & set(second.values())
    assert len(set(first.values())) == len(first)


def test_the_field_key_is_thirty_two_bytes_under_a_name(path):
    name, _, encoded = secrets_file.load(path, data_exists=False)["PORTAL_FIELD_KEYS"].partition(":")
    assert name == "k1"
    assert len(base64.b64decode(encoded, validate=True)) == 32


def test_nobody_else_may_read_the_file(path):
    secrets_file.load(path, data_exists=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_secret_that_came_with_a_newer_version_is_added_and_the_others_stay(path):
    secrets_file.write(path, {"DJANGO_SECRET_KEY": "kept", "EMAIL_URL": "smtp://a=b@mail:25"})
    found = secrets_file.load(path, data_exists=True)
    assert found["DJANGO_SECRET_KEY"] == "kept"
    assert found["EMAIL_URL"] == "smtp://a=b@mail:25"
    assert found["PORTAL_INDEX_KEY"]


def test_data_without_its_keys_is_not_given_new_ones(path):
    with pytest.raises(Trouble, match="Put your copy of the file back"):
        secrets_file.load(path, data_exists=True)
    assert not path.exists()


def test_a_spoilt_file_is_named_by_its_line_and_left_alone(path):
    path.write_text("A=1\nnonsense\n")
    with pytest.raises(Trouble, match="Line 2"):
        secrets_file.load(path, data_exists=True)
    assert path.read_text() == "A=1\nnonsense\n"


def test_a_demo_bank_stays_one_until_it_is_reset(path):
    kept = secrets_file.load(path, data_exists=False)
    kept = setting.remember_kind(path, kept, empty=False, cluster_exists=False)
    assert kept["PORTAL_DEMO"] == "1"
    with pytest.raises(Trouble, match="--reset --empty"):
        setting.remember_kind(path, kept, empty=True, cluster_exists=True)
    assert secrets_file.parse(path.read_text())["PORTAL_DEMO"] == "1"


def test_an_empty_bank_is_not_filled_by_a_later_start_without_the_option(path):
    kept = setting.remember_kind(path, {}, empty=True, cluster_exists=False)
    again = setting.remember_kind(path, secrets_file.parse(path.read_text()), empty=False, cluster_exists=True)
    assert kept["PORTAL_DEMO"] == again["PORTAL_DEMO"] == "0"
