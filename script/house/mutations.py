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
    Mutation("row 45", "payments/views/receipts.py", "attachment; filename=", "inline; filename=",
             "payments/test_receipts.py::test_the_pdf_comes_as_a_file_named_after_the_reference"),
    Mutation("row 49", "portal/checks.py", 'id="portal.E017"', 'id="portal.E999"',
             "platform/test_checks.py::test_demo_people_in_a_real_bank_are_named"),
    Mutation("row 50", "accounts/access/stepup.py", "    if verified_at is None:\n        raise Unanswered\n", "",
             "payments/test_transfers.py::test_without_an_answered_question_nothing_moves"),
    Mutation("row 56", "accounts/access/sentcodes.py", "timedelta(minutes=sent.minutes(now))",
             "timedelta(minutes=10**6)",
             "access/test_entrance.py::test_a_code_by_mail_is_good_for_ten_minutes"),
    Mutation("row 63", "accounts/access/sessions.py", "picked = UserSession.objects.filter(user=user, pk=int(which))",
             "picked = UserSession.objects.none()",
             "access/test_sessions.py::test_a_person_sees_their_sessions_and_ends_one"),
    Mutation("row 65", "accounts/access/stepup.py",
             "    if asked != operation or not hmac.compare_digest(bytes(shown), digest):\n        raise Changed\n", "",
             "mydata/test_copies.py::test_without_an_answered_step_up_nothing_is_made"),
    Mutation("row 67", "payments/views/receipts.py", "", "\nx = lambda key: Transfer.objects.get(pk=key)\n",
             "house/test_rules.py::test_views_reach_owned_records_through_their_owner"),
    Mutation("row 69", "accounts/access/decorators.py",
             "            if not has_role(request.user, *roles):  # type: ignore[arg-type]\n"
             "                raise Http404\n", "",
             "access/test_sessions.py::test_a_role_that_is_taken_away_closes_the_page_at_once"),
    Mutation("row 72", "accounts/recovery/notices.py", "signing.Signer(salt=SALT).unsign(token)",
             'token.partition(":")[0]',
             "recovery/test_journey.py::test_a_link_signed_for_something_else_is_no_page"),
    Mutation("row 72", "accounts/access/notme.py",
             '    if now - said.at > timedelta(days=figure("access.not_me_days", now)):\n'
             "        raise NoGood\n", "",
             "freezing/test_not_me.py::test_a_link_that_is_not_this_one_does_nothing"),
    Mutation("row 73", "accounts/vault.py", "nonce, data, header + purpose.encode())", "nonce, data, header)",
             "access/test_vault.py::test_a_known_text_under_a_known_key_and_nonce_gives_the_known_seal"),
    Mutation("row 77", "accounts/masks.py", 'return f"{number[:3]}{DOTS}{number[-4:]}"', "return number",
             "mydata/test_masks.py::test_each_place_shows_as_much_as_it_may"),
    Mutation("row 77", "accounts/identity/photos.py", "return _repaint(picture)", "return Photo(data, width, height)",
             "identity/test_photos.py::test_nothing_but_pixels_is_left"),
    Mutation("row 78", "accounts/identity/forms.py", "", '\nclass X:\n    class Meta:\n        fields = "__all__"\n',
             "house/test_source_rules.py::test_forms_name_the_fields_they_take"),
    Mutation("row 79", "core/audit/services.py", "what.reason, origin.ip, origin.reference, now",
             'what.reason, None, "", now',
             "audit/test_trail.py::test_a_row_says_who_what_to_which_and_from_where"),
    Mutation("row 80", "accounts/access/middleware.py", "if not isinstance(exception, RedisError):", "if True:",
             "access/test_entrance.py::test_without_the_count_of_tries_nobody_signs_in_and_a_sentence_says_so"),
    Mutation("row 71", "accounts/access/decorators.py", "    if user.is_verified():  # type: ignore[union-attr]\n",
             "    if True:\n",
             "access/test_factors.py::test_a_password_alone_does_not_open_the_back_office"),
    Mutation("row 46", "portal/settings/base.py", '    {"NAME": "accounts.access.passwords.NotCommon"},\n', "",
             "access/test_entrance.py::test_a_weak_password_is_refused_in_words_and_nobody_is_registered"),
    Mutation("row 47", "accounts/access/passwords.py", "LONGEST = 128", "LONGEST = 64",
             "access/test_entrance.py::test_long_passphrases_in_any_script_work_and_nothing_is_cut_off"),
    Mutation("row 51", "portal/admin.py",
             "            return HttpResponseRedirect(f\"{reverse('account_login')}?{urlencode({'next': back})}\")",
             "            return super().login(request, extra_context)",
             "access/test_factors.py::test_the_back_office_has_no_sign_in_form_of_its_own"),
    Mutation("row 52", "accounts/access/services.py", "        if is_first:\n            return\n", "        return\n",
             "access/test_entrance.py::test_a_sign_in_with_a_new_device_is_told_and_a_known_one_is_not"),
    Mutation("row 60", "accounts/access/adapters.py", "",
             "\nfrom django.contrib.sessions.backends.db import SessionStore\n"
             "\nSessionStore.cycle_key = lambda self: None\n",
             "access/test_entrance.py::test_signing_in_gives_a_new_session_and_the_old_one_is_dead"),
    Mutation("row 64", "accounts/access/views/contacts.py", '@reauthentication_required(app="allauth.mfa")\n', "",
             "access/test_contact_change.py::test_without_a_fresh_proof_the_page_does_not_open"),
    Mutation("row 66", "portal/places.csv", "theme,everybody,,\n", "",
             "rights/test_places.py::test_every_address_stands_in_the_matrix_and_nothing_else_does"),
    Mutation("row 68", "core/reviews/views/deciding.py",
             "if about.holder_id != request.user.pk or about.is_closed:", "if about.is_closed:",
             "reviews/test_desk.py::test_only_the_holder_reads_everything"),
    Mutation("row 70", "payments/asking.py", "if context.passkey or context.careful or context.payee_young:",
             "if context.passkey:", "payments/test_without_code.py::test_what_a_transfer_takes_in_each_context"),
    Mutation("row 72", "accounts/staff/services.py",
             "used_at=None, revoked_at=None, expires_at__gt=now, user__is_active=False",
             "used_at=None, revoked_at=None, user__is_active=False",
             "staff/test_people.py::TestComingIn::test_the_link_expires_by_the_policy_figure"),
    Mutation("row 76", "script/house/secrets_file.py", "0o600", "0o644",
             "platform/test_secrets_file.py::test_nobody_else_may_read_the_file"),
    Mutation("row 77", "portal/logs.py", "structlog.processors.format_exc_info", "structlog.processors.dict_tracebacks",
             "platform/test_logs.py::test_a_traceback_never_shows_the_values_of_variables"),
    Mutation("row 78", "payments/views/transfers.py", "getlist(name)) > 1 for", "getlist(name)) > 99 for",
             "payments/test_pages.py::test_a_field_sent_twice_is_no_answer"),
    Mutation("row 79", "core/audit/chain.py", "    for field in fields:\n", "    for field in list(fields)[:1]:\n",
             "audit/test_chain.py::test_a_changed_row_is_named"),
    Mutation("row 80", "portal/health.py", "status=200 if database and tables else 503",
             'status=200 if "down" not in states.values() else 503',
             "platform/test_health.py::test_without_the_broker_the_portal_still_takes_work"),
    Mutation("act 33", "accounts/access/factors.py", "    code = codes.normalise(code)\n", "",
             "access/test_factors.py::test_a_code_may_be_typed_in_full_width_digits"),
    Mutation("act 12", "accounts/access/stepup.py", "    if expires_at <= now:\n        raise Expired\n", "",
             "access/test_stepup.py::test_an_answer_lives_five_minutes"),
    Mutation("row 53", "accounts/access/views/entrance.py", "    user = whom()\n",
             "    user = whom()\n    if user is None:\n        return None\n",
             "access/test_enumeration.py::test_registering_answers_the_same_to_the_last_try"),
    Mutation("row 54", "accounts/recovery/services.py",
             "        if not user.is_active or not may_finish(recovery, now=now):\n            raise NotYet\n", "",
             "recovery/test_journey.py::test_the_wait_cannot_be_skipped_by_any_way_in"),
    Mutation("act 27", "accounts/statements/export.py", """return f"'{clean}" if """, """return f"{clean}" if """,
             "statements/test_pages.py::test_a_purpose_that_looks_like_a_formula_stays_text"),
    Mutation("row 45", "accounts/identity/scanning.py",
             'raise ScannerDown(f"{type(error).__name__} while asking the scanner") from error', 'return "stream: OK"',
             "identity/test_disguised_files.py::test_a_scanner_that_is_down_or_badly_named_keeps_the_gate_shut"),
    Mutation("row 62", "accounts/access/services.py",
             'sessions.end_all_but(user=user, keep=keep_session, reason="password changed", now=now)', "None",
             "access/test_factors.py::test_changing_the_password_keeps_this_session_and_ends_the_others"),
    Mutation("row 55", "portal/admin.py", 'frozenset({"account", "auth", "mfa", "usersessions"})', "frozenset()",
             "platform/test_rights.py::test_nobody_edits_what_proves_who_somebody_is"),
    Mutation("row 59", "accounts/recovery/services.py", "        KnownDevice.objects.filter(user=user).delete()\n", "",
             "recovery/test_journey.py::test_nothing_old_works_the_moment_the_new_step_stands"),
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
