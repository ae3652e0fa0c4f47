"""What the application's role may do: enough to work, and never enough to alter the books or the trail."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from portal import privileges
from portal.privileges import Right, WrongPrivileges, parse

APPEND_ONLY = ("ledger_line", "ledger_entry", "audit_row")
ADDRESS = "UPDATE accounts_district SET name = name"


def refused(sql):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(sql)
    return True


@pytest.mark.parametrize(
    ("text", "rights"),
    [
        ("", ()),
        ("SELECT", (Right("SELECT"),)),
        ("select, INSERT", (Right("SELECT"), Right("INSERT"))),
        ("SELECT, UPDATE (name, at), DELETE", (Right("SELECT"), Right("UPDATE", ("name", "at")), Right("DELETE"))),
    ],
)
def test_a_declaration_reads_as_it_is_written(text, rights):
    assert parse(text) == rights


@pytest.mark.parametrize("text", ["ALL", "SELECT INSERT", "TRUNCATE", "SELECT;DROP TABLE x", 'UPDATE ("a")', "TRIGGER"])
def test_a_declaration_that_cannot_be_read_stops_everything(text):
    with pytest.raises(WrongPrivileges):
        parse(text)


def test_two_rooms_may_not_declare_differently_for_one_table(monkeypatch):
    monkeypatch.setattr(apps.get_app_config("payments"), "privileges", {"ledger_line": "SELECT, UPDATE"}, raising=False)
    with pytest.raises(WrongPrivileges, match="ledger_line"):
        privileges.declared()


def test_a_partition_follows_its_partitioned_table():
    rules = {"ledger_line": parse("SELECT")}
    assert privileges.rights_on(table="ledger_line_1993", kind="r", root="ledger_line", rules=rules) == parse("SELECT")
    assert privileges.rights_on(table="other", kind="v", root="other", rules=rules) == parse("SELECT")


def test_a_column_that_is_not_there_gives_no_right_and_never_one_on_the_whole_table():
    rights = parse("SELECT, INSERT, UPDATE (state, later), DELETE (later)")
    assert privileges.present(rights, columns={"id", "state"}) == parse("SELECT, INSERT, UPDATE (state)")


@pytest.mark.django_db
def test_a_misspelt_column_of_a_declaration_is_found(monkeypatch):
    wrong = {"reviews_event": "SELECT, INSERT", "reviews_case": "SELECT, INSERT, UPDATE (stat)"}
    monkeypatch.setattr(apps.get_app_config("reviews"), "privileges", wrong)
    assert "reviews_case has no column stat, which a declaration names" in privileges.differences()


@pytest.mark.django_db
def test_after_migrate_the_role_holds_exactly_what_is_declared():
    assert privileges.differences() == []


@pytest.mark.django_db
def test_the_tests_run_as_the_role_that_is_tested():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.DATABASE_APP_ROLE,)


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_written_stays_written(table, verb):
    if table == "ledger_line":
        verb = verb.replace("id = id", "amount = amount")
    assert refused(verb.format(table))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO ledger_line DEFAULT VALUES",
        "INSERT INTO ledger_entry DEFAULT VALUES",
        "UPDATE ledger_account SET balance = balance + 1",
        "ALTER TABLE ledger_line DISABLE TRIGGER ALL",
        "DROP TABLE ledger_line",
        "CREATE TABLE mine (a int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DELETE FROM django_migrations",
    ],
)
def test_the_role_has_no_way_around_the_books_functions(sql):
    assert refused(sql)


@pytest.mark.django_db
def test_ordinary_tables_can_be_worked_with():
    with connection.cursor() as cursor:
        cursor.execute(ADDRESS)
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 0


@pytest.mark.django_db
@pytest.mark.as_owner
def test_a_right_given_by_hand_is_seen_and_taken_back_at_the_next_migrate():
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE ON ledger_line TO {settings.DATABASE_APP_ROLE}")
        cursor.execute("GRANT DELETE ON audit_row TO PUBLIC")
        cursor.execute(f"REVOKE INSERT ON accounts_district FROM {settings.DATABASE_APP_ROLE}")
    role = settings.DATABASE_APP_ROLE
    assert set(privileges.differences()) == {
        f"{role} may UPDATE on ledger_line",
        f"{role} may DELETE on audit_row",
        f"{role} may not INSERT on accounts_district",
    }
    assert privileges.grant()
    assert privileges.differences() == []


@pytest.mark.django_db
@pytest.mark.as_owner
def test_a_new_function_is_taken_from_everybody_and_given_to_the_role_unless_a_room_keeps_it(monkeypatch):
    config = apps.get_app_config("ledger")
    monkeypatch.setattr(config, "owner_functions", ("ledger_kept",), raising=False)
    question = (
        "SELECT has_function_privilege(%s, 'ledger_kept()', 'EXECUTE'),"
        " has_function_privilege(%s, 'ledger_given()', 'EXECUTE'),"
        " EXISTS (SELECT 1 FROM pg_proc, aclexplode(proacl) WHERE proname IN ('ledger_kept', 'ledger_given')"
        " AND grantee = 0)"
    )
    with connection.cursor() as cursor:
        for name in ("ledger_kept", "ledger_given"):
            cursor.execute(f"CREATE FUNCTION {name}() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        privileges.grant()
        cursor.execute(question, [settings.DATABASE_APP_ROLE] * 2)
        assert cursor.fetchone() == (False, True, False)


@pytest.mark.django_db
@pytest.mark.as_owner
def test_without_the_role_nothing_is_granted_and_the_log_says_so(caplog):
    assert privileges.grant(role="nobody_of_that_name") is False
    assert "does not exist" in caplog.text


@pytest.mark.django_db
def test_the_role_itself_cannot_grant_and_the_log_says_so(caplog):
    assert privileges.grant() is False
    assert "only the owner" in caplog.text
