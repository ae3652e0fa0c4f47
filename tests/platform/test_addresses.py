"""A process that a test starts reaches the same database, wherever the server listens."""

import environ
import pytest

from tests import addresses


@pytest.mark.parametrize(
    ("host", "port", "read_as"),
    [("127.0.0.1", 5433, 5433), ("db.bank.example", "", 5432), ("/srv/x/run/pg", "", "")],
)
def test_the_address_reads_back_as_what_it_was_made_of(host, port, read_as):
    made_of = {"USER": "portal_owner", "PASSWORD": "a/b@c", "HOST": host, "PORT": port, "NAME": "test_portal_gw0"}
    read = environ.Env.db_url_config(addresses.of(made_of))
    assert {name: read[name] for name in made_of} == {**made_of, "PORT": read_as}
