"""What script/server understands, and what it refuses before it begins anything."""

import socket

import pytest
from house import manage_command
from house.manage_command import Words
from house.options import allowed_hosts, check_port, parse_server
from house.say import Trouble


def test_without_options_the_bank_listens_on_this_machine_alone():
    options = parse_server([], env={})
    assert (options.host, options.port) == ("127.0.0.1", 8000)
    assert (options.reset, options.yes, options.empty) == (False, False, False)


def test_the_port_comes_from_the_option_before_the_environment():
    assert parse_server([], env={"PORT": "9000"}).port == 9000
    assert parse_server(["--port", "9001"], env={"PORT": "9000"}).port == 9001


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "８０８０", "80.5", ""])
def test_what_is_no_port_is_refused_before_anything_starts(port, capsys):
    with pytest.raises(SystemExit):
        parse_server(["--port", port], env={})
    assert "is not a port" in capsys.readouterr().err


def test_a_taken_port_is_one_line_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Trouble) as trouble:
            check_port("127.0.0.1", port)
    assert f"Port {port} is taken" in str(trouble.value)
    assert "--port" in str(trouble.value)
    assert "\n" not in str(trouble.value)
    check_port("127.0.0.1", port)  # free again: no refusal


def test_an_address_this_machine_does_not_have_is_named():
    with pytest.raises(Trouble, match=r"no address 192\.0\.2\.7"):
        check_port("192.0.2.7", 8000)


def test_only_names_of_this_machine_are_allowed_as_hosts():
    assert allowed_hosts("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]"]
    assert "192.0.2.7" in allowed_hosts("192.0.2.7")
    assert "[2001:db8::7]" in allowed_hosts("2001:db8::7")
    assert "*" not in allowed_hosts("0.0.0.0")
    assert socket.gethostname() in allowed_hosts("0.0.0.0")


def test_the_front_words_of_script_manage_choose_the_role_and_the_program():
    assert manage_command.parse(["check_books", "--owner"]) == Words(["check_books", "--owner"], False, False)
    assert manage_command.parse(["--owner", "shell"]) == Words(["shell"], True, False)
    assert manage_command.parse(["migrate"]) == Words(["migrate"], True, False)
    assert manage_command.parse(["--owner", "--run", "pg_dump", "-Fc"]) == Words(["pg_dump", "-Fc"], True, True)
    assert manage_command.parse(["--run", "psql"]) == Words(["psql"], False, True)
    with pytest.raises(Trouble):
        manage_command.parse(["--run"])


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        (
            "postgres://portal_app:a%2Fb@//srv/bank/.portal/run/pg/portal",
            {"PGHOST": "/srv/bank/.portal/run/pg", "PGUSER": "portal_app", "PGPASSWORD": "a/b", "PGDATABASE": "portal"},
        ),
        (
            "postgres://owner:x@db.bank.example:5433/portal",
            {
                "PGHOST": "db.bank.example",
                "PGPORT": "5433",
                "PGUSER": "owner",
                "PGPASSWORD": "x",
                "PGDATABASE": "portal",
            },
        ),
    ],
)
def test_postgresqls_own_programs_find_the_database_by_environment(url, variables):
    assert manage_command.postgres_variables(url) == variables
