"""Rules about the code itself. Each names the place and the way out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ["core", "ledger", "accounts", "products", "payments", "loans", "analytics", "portal"]

# Records that belong to a customer: a view reaches them through their owner, so another's does not exist.
OWNED = {
    "BankAccount", "Customer", "Disposition", "Payee", "Transfer", "Verification", "Document", "Notice", "StepUp",
    "StandingOrder", "Loan", "Card",
}  # fmt: skip
# Where markup is marked safe, and why that is right.
MAY_MARK_SAFE = {
    "core/ui/charts.py": "draws SVG from numbers and escapes every label itself",
    "core/ui/frame.py": "keeps what an escaping template has drawn, and escapes what it fills in",
    "core/ui/menu.py": "keeps what an escaping template has drawn",
    "core/ui/templatetags/ui.py": "small pieces drawn thousands of times; every text in them is escaped by hand",
}
# crispy hands these templates what other templates have drawn.
MAY_SWITCH_ESCAPING_OFF = "templates/portal/layout/"


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_view(path: Path) -> bool:
    return path.stem == "views" or "views" in path.parent.parts


def test_views_reach_owned_records_through_their_owner() -> None:
    found = []
    for path in sources(*ROOMS):
        if not is_view(path):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "objects"
                and isinstance(node.value, ast.Name)
                and node.value.id in OWNED
            ):
                found.append(f"{name(path)}:{node.lineno} {node.value.id}.objects")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_object_or_404":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Name) and first.id in OWNED:
                    found.append(f"{name(path)}:{node.lineno} get_object_or_404({first.id}, …)")
    assert found == [], "reach these through their owner (customer.bank_accounts, …) or a room's queries"


def test_an_import_inside_a_function_gives_its_reason() -> None:
    found = []
    for path in sources(*ROOMS):
        lines = path.read_text().splitlines()
        for outer in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(outer):
                if isinstance(node, ast.Import | ast.ImportFrom) and "# reason:" not in lines[node.lineno - 1]:
                    found.append(f"{name(path)}:{node.lineno}")
    assert sorted(set(found)) == [], "say `# reason: …` on the line, or move the import to the top"


def test_markup_is_marked_safe_only_where_it_is_argued() -> None:
    calls = re.compile(r"\b(mark_safe|SafeString)\(")
    found = [name(path) for path in sources(*ROOMS) if calls.search(path.read_text())]
    assert sorted(set(found) - set(MAY_MARK_SAFE)) == []


def test_templates_never_switch_escaping_off() -> None:
    bad = re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        and path.suffix in {".html", ".txt", ".svg"}
        and bad.search(path.read_text())
        and not path.relative_to(ROOT).as_posix().startswith(MAY_SWITCH_ESCAPING_OFF)
    ]
    assert found == []


def test_no_template_ends_a_sentence_by_itself() -> None:
    """A full stop of its own between two tags is read in Chinese too, where it is none: it belongs into the text."""
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"{% blocktrans(late)? .*?{% endblocktrans(late)? %}|{#.*?#}", "", path.read_text(), flags=re.S)
        found += [f"{path.name}: {stop.group()}" for stop in re.finditer(r".{0,30}[}%]}\.(?=[ <])", text)]
    assert found == []


def test_no_template_shows_what_another_block_has_set() -> None:
    """A name that `{% url … as up %}` sets ends with its block: a link that uses it elsewhere leads nowhere."""
    marks = re.compile(
        r"{% block (?P<begin>[\w-]+) %}|(?P<end>{% endblock(?: [\w-]+)? %})"
        r"|{% (?:url|translate) [^%]* as (?P<set>\w+) %}|{{ (?P<shown>\w+) }}"
    )
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        within: list[str] = []
        ways: dict[str, list[list[str]]] = {}
        shown: list[tuple[str, list[str]]] = []
        for mark in marks.finditer(path.read_text(encoding="utf-8")):
            if mark["begin"]:
                within.append(mark["begin"])
            elif mark["end"]:
                within.pop()
            elif mark["set"]:
                ways.setdefault(mark["set"], []).append([*within])
            else:
                shown.append((mark["shown"], [*within]))
        found += [
            f"{path.relative_to(ROOT)}: {what}"
            for what, place in shown
            if what in ways and not any(place[: len(way)] == way for way in ways[what])
        ]
    assert found == [], "set it in the block that shows it"


@pytest.mark.parametrize("banned", ["pickle", "yaml", "marshal", "shelve"])
def test_nothing_unpickles(banned: str) -> None:
    found = []
    for path in sources(*ROOMS):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import) and any(alias.name.split(".")[0] == banned for alias in node.names):
                found.append(f"{name(path)}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == banned:
                found.append(f"{name(path)}:{node.lineno}")
    assert found == []


def test_sql_is_never_built_from_values() -> None:
    """An f-string or % in execute() may only name tables and columns that the code itself knows (psycopg.sql)."""
    found = []
    for path in sources(*ROOMS):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called == "RawSQL" or (called == "extra" and isinstance(node.func, ast.Attribute)):
                found.append(f"{name(path)}:{node.lineno} {called}()")
            if called in {"execute", "executemany", "raw"} and node.args and _is_built(node.args[0]):
                found.append(f"{name(path)}:{node.lineno} {called}() of a built string")
    assert found == [], "bind values; compose names with psycopg.sql"


def _is_built(query: ast.expr) -> bool:
    """Whether a text is put together where it is handed over: f"…", "…" % x, "…" + x, "…".format(x)."""
    if isinstance(query, ast.BinOp):
        return isinstance(query.op, ast.Mod | ast.Add)
    formats = isinstance(query, ast.Call) and isinstance(query.func, ast.Attribute) and query.func.attr == "format"
    if formats:
        return isinstance(query.func.value, ast.Constant | ast.JoinedStr)  # type: ignore[attr-defined]
    return isinstance(query, ast.JoinedStr)


def test_money_is_never_a_float() -> None:
    """No float literal and no float() in the rooms that count money."""
    found = []
    for path in sources("ledger", "payments", "accounts", "loans", "products"):
        lines = path.read_text().splitlines()
        for node in ast.walk(ast.parse(path.read_text())):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            if (literal or call) and not any(word in lines[node.lineno - 1] for word in ("# seconds", "# a score")):
                found.append(f"{name(path)}:{node.lineno}")
    assert found == [], "use int minor units or Decimal; a time says `# seconds`, a likeness `# a score`"


def test_secrets_do_not_come_from_the_random_module() -> None:
    allowed = {"portal/demo", "portal/management", "bench"}
    found = []
    for path in sources(*ROOMS):
        if any(name(path).startswith(prefix) for prefix in allowed):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names):
                found.append(f"{name(path)}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and node.module == "random":
                found.append(f"{name(path)}:{node.lineno}")
    assert found == [], "secrets come from `secrets`; invented data belongs to portal/demo or a command"


def test_nobody_reads_the_clock_inside_a_service() -> None:
    """`now` is an argument of services and pure code; views, tasks, commands and handlers read the clock."""
    found = []
    for path in sources(*ROOMS):
        if "services" not in path.stem and "services" not in path.parent.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func)
                in {"timezone.now", "datetime.now", "date.today", "datetime.utcnow", "time.time"}
            ):
                found.append(f"{name(path)}:{node.lineno}")
    assert found == []


def test_files_stay_small_enough_for_a_head() -> None:
    found = {name(path): n for path in sources(*ROOMS) if (n := len(path.read_text().splitlines())) > 400}
    assert found == {}, "split by journey"
