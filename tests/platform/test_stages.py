"""A step runs again exactly when something it stands on changed, or when it was killed before it was done."""

import polib
import pytest
from house import packages, stages, test_command, translations, untranslated


def test_a_mark_changes_with_content_name_and_what_else_is_named(tmp_path):
    file = tmp_path / "0001_initial.py"
    file.write_text("a")
    first = stages.mark_of([file], "pins")
    assert stages.mark_of([file], "pins") == first
    assert stages.mark_of([file], "other pins") != first
    file.write_text("b")
    second = stages.mark_of([file], "pins")
    assert second != first
    renamed = file.rename(tmp_path / "0002_next.py")
    assert stages.mark_of([renamed], "pins") not in {first, second}


def test_a_step_is_done_only_after_its_mark_was_written(tmp_path):
    done = stages.Done(tmp_path / "done.json")
    assert not done.has("migrate", "x")
    done.write("migrate", "x")
    done.write("static", "y")
    assert stages.Done(tmp_path / "done.json").has("migrate", "x")
    assert not done.has("migrate", "y")


def test_half_written_marks_make_every_step_run_again(tmp_path):
    (tmp_path / "done.json").write_text('{"migrate": "x"')
    assert not stages.Done(tmp_path / "done.json").has("migrate", "x")


def test_pins_change_with_a_pin_in_a_named_file_and_not_with_a_remark(tmp_path):
    base, top = tmp_path / "requirements-base.txt", tmp_path / "requirements.txt"
    base.write_text("# framework\nDjango==5.2.19\n")
    top.write_text("-r requirements-base.txt\ntypst==0.15.2  # PDF\n")
    first = packages.pins(top)
    base.write_text("# the framework, fixed by the bank\nDjango==5.2.19\n\n")
    assert packages.pins(top) == first
    base.write_text("Django==5.2.20\n")
    assert packages.pins(top) != first


def test_an_environment_whose_set_up_was_killed_is_not_trusted(tmp_path, monkeypatch):
    """Even with the right mark, a folder that says a set-up has begun and not ended is made anew."""
    from house.places import Places

    places = Places(root=tmp_path, state=tmp_path / ".portal")
    places.state.mkdir()
    (tmp_path / "requirements.txt").write_text("Django==5.2.19\n")
    places.venv.mkdir()
    (places.venv / ".portal-started").touch()
    (places.venv / "half-unpacked").touch()
    made = []

    def make(found):
        made.append((places.venv / "half-unpacked").exists())

    monkeypatch.setattr(packages, "_works", lambda found: bool(made))
    monkeypatch.setattr(packages, "_make", make)
    monkeypatch.setattr(packages, "_install", lambda found, name: made.append(name))
    packages.ensure(places)
    assert made == [False, "requirements.txt"]
    assert not (places.venv / ".portal-started").exists()
    packages.ensure(places)
    assert made == [False, "requirements.txt"]  # the second start installs nothing


def test_every_stage_of_the_proof_names_a_program_of_the_environment(tmp_path):
    names = [stage.name for stage in test_command.stages(tmp_path, tmp_path / "bin")]
    assert names == [
        "lint",
        "format",
        "types",
        "import contracts",
        "templates",
        "missing migrations",
        "untranslated strings",
    ]


def test_translations_are_compiled_without_gettext(tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid="Balance", msgstr="余额"))
    catalogue.save(str(folder / "django.po"))
    assert translations.compile_all(tmp_path) == 1
    assert polib.mofile(str(folder / "django.mo")).find("Balance").msgstr == "余额"
    assert [path.name for path in folder.iterdir() if path.suffix == ".new"] == []


@pytest.mark.parametrize(
    ("known", "fault"),
    [
        (None, "has no translation"),
        (polib.POEntry(msgid="%(n)s days", msgstr=""), "is translated with nothing"),
        (polib.POEntry(msgid="%(n)s days", msgstr="%(n)s 天", flags=["fuzzy"]), "is marked fuzzy"),
        (polib.POEntry(msgid="%(n)s days", msgstr="%(m)s 天"), "a placeholder the original does not have"),
        (polib.POEntry(msgid="%(n)s days", msgstr="几天"), "loses a placeholder"),
        (polib.POEntry(msgid="%(n)s days", msgstr="%(n)s 天", obsolete=True), "has no translation"),
    ],
)
def test_a_string_that_a_reader_would_miss_is_named(known, fault):
    wanted = polib.POEntry(msgid="%(n)s days", flags=["python-format"], occurrences=[("a.py", "7")])
    fresh, kept = polib.POFile(), polib.POFile()
    fresh.append(wanted)
    if known is not None:
        kept.append(known)
    found = untranslated.faults(fresh, kept)
    assert len(found) == 1
    assert fault in found[0]
    assert found[0].startswith("a.py:7")


def test_a_well_translated_string_is_no_fault():
    wanted = polib.POEntry(msgid="%(n)s day", msgid_plural="%(n)s days", flags=["python-format"])
    known = polib.POEntry(msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: "%(n)s 天"})
    assert untranslated.fault(wanted, known) == ""
