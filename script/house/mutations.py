"""Take one control after another out of a scratch copy of the tree, and see that its test fails.

    python script/house/mutations.py              all of them, one after the other
    python script/house/mutations.py stepup 48    those whose row, file or test contains one of these
    python script/house/mutations.py --list

The environment is that of the tests (docs/testing.md). Nothing is changed in this tree. Each line of MUTATIONS is a row
of docs/security.md, a file, what stands there, what is put in its place (at the end of the file where nothing stood),
and the test that must go red. A text that is no longer in its file, or a test that stays green, fails the run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RED = 1  # pytest: tests ran and failed; anything else is a mistake of this list


@dataclass(frozen=True)
class Mutation:
    """One control that is taken away."""

    row: str
    file: str
    old: str
    new: str
    test: str

    def concerns(self, words: list[str]) -> bool:
        """This method will say whether the mutation is one of those that were asked for."""
        return not words or any(word in f"{self.row} {self.file} {self.test}" for word in words)


MUTATIONS = (
    Mutation("row 2", "core/ui/formats.py", "",
             "\nfrom django.utils.safestring import mark_safe\n\nX = mark_safe('x')\n",
             "house/test_rules.py::test_markup_is_marked_safe_only_where_it_is_argued"),
    Mutation("row 5", "core/ui/formats.py", "", "\nimport subprocess\n\ndef x(): subprocess.run('true', shell=True)\n",
             "house/test_source_rules.py::test_no_program_is_started_through_a_shell"),
    Mutation("row 7", "templates/identity/status.html", "{{ reason.tells }}", "{{ reason.tells|safe }}",
             "hostile/test_staff_texts.py::test_a_reason_that_the_desk_reworded_is_text_on_the_page_and_in_the_letter"),
    Mutation("row 12", "core/ui/formats.py", "", "\nimport pickle\n\ndef x(): pickle.loads(b'')\n",
             "house/test_rules.py::test_nothing_unpickles"),
    Mutation("row 18", "payments/services/rules.py", "if breach := limits.breach(", "if None and limits.breach(",
             "payments/test_transfers.py::test_the_daily_limit_holds_to_the_minor_unit"),
    Mutation("row 22", "accounts/mydata/exporting.py", "if len(recent) >= most else None",
             "if len(recent) > 999 else None",
             "mydata/test_copies.py::test_one_copy_at_a_time_and_three_a_day"),
    Mutation("row 32", "portal/hosts.py", "            raise Http404", "            return",
             "rights/test_hosts.py::test_on_the_customers_host_no_place_of_the_staff_exists_for_anybody"),
    Mutation("row 32", "portal/settings/base.py", '"__Host-session"', '"session"',
             "rights/test_hosts.py::test_the_cookies_of_the_hosts_are_apart_and_no_third_host_is_allowed"),
    Mutation("row 40", "portal/gunicorn_config.py", "control_socket_disable = True",
             "control_socket_disable = True\npermit_obsolete_folding = True",
             "hostile/test_message_length.py::test_a_request_with_two_readings_is_refused_and_nothing_behind_it_is_answered"),
    Mutation("row 48", "accounts/access/lockout.py", "if failures > free:", "if failures > 10**9:",
             "access/test_lockout.py::test_four_are_forgiven_then_the_waits_double"),
    Mutation("row 57", "core/ui/formats.py", "", "\nimport random\n\ntoken = random.random()\n",
             "house/test_rules.py::test_secrets_do_not_come_from_the_random_module"),
    Mutation("row 58", "accounts/access/stepup.py", "    if row.tries >= _tries(now):", "    if row.tries >= 10**9:",
             "access/test_stepup.py::test_the_sixth_try_is_not_looked_at_and_a_new_question_does_not_set_the_tries_back"),
    Mutation("row 61", "accounts/access/sessions.py", 'if at - held["seen"] > ', 'if at - held["seen"] > 10**9 + ',
             "access/test_sessions.py::test_a_customers_session_lives_five_minutes_without_a_request"),
    Mutation("row 61", "accounts/access/sessions.py", 'if at - held["since"] > ', 'if at - held["since"] > 10**9 + ',
             "access/test_sessions.py::test_a_customers_session_ends_after_eight_hours_whatever_happens"),
    Mutation("row 70", "payments/services/rules.py", "standing.used.day + amount > most:",
             "standing.used.day > 10**15:",
             "payments/test_new_second_step.py::test_up_to_the_figure_leaves_and_one_fen_more_does_not"),
    Mutation("row 74", "portal/settings/base.py", '    "django.contrib.auth.hashers.Argon2PasswordHasher",\n', "",
             "house/test_security_list.py::test_passwords_are_hashed_with_argon2id"),
    Mutation("row 75", "portal/settings/base.py", "SECURE_SSL_REDIRECT = True", "SECURE_SSL_REDIRECT = False",
             "rights/test_headers.py::test_outside_the_demo_cookies_and_transport_are_bound_to_the_host_over_https"),
    Mutation("act 26", "accounts/inbox/sms.py", "if not _one_more(day, key, most):",
             "if not _one_more(day, key, None):",
             "access/test_sms.py::test_bombing_a_strangers_number_from_many_pages_stops_with_a_sentence"),
)  # fmt: skip


def copy_to(folder: Path) -> None:
    """This function will copy the files git knows, as they stand now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def tried(mutation: Mutation, tree: Path) -> str:
    """This function will try one mutation and say what is wrong; "" where the test went red, as it must."""
    file = tree / mutation.file
    before = file.read_text(encoding="utf-8")
    if mutation.old and mutation.old not in before:
        return "what is to be taken out is not there"
    after = before.replace(mutation.old, mutation.new) if mutation.old else before + mutation.new
    file.write_text(after, encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", f"tests/{mutation.test}", "-q", "-x", "--reuse-db"]
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider"],
            cwd=tree,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        file.write_text(before, encoding="utf-8")
    if done.returncode == RED and "FAILED" in done.stdout:
        return ""
    return (
        "the test stays green" if done.returncode == 0 else f"pytest ended with {done.returncode}: {done.stdout[-300:]}"
    )


def main(words: list[str]) -> int:
    """This function will try the mutations that were asked for; 0 where every test noticed."""
    chosen = [one for one in MUTATIONS if one.concerns([word for word in words if word != "--list"])]
    if "--list" in words:
        for one in chosen:
            sys.stdout.write(f"{one.row}: {one.file}: {one.test}\n")
        return 0
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy_to(Path(folder))
        for one in chosen:
            said = tried(one, Path(folder))
            wrong += bool(said)
            sys.stdout.write(f"{one.row}: {one.test}: {said or 'red'}\n")
            sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
