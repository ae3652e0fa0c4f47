"""Taking in another bank's movements as balanced entries, and comparing them with its own running balances.

Every row becomes one entry of two lines: the customer's account, and a named internal account that says where the
money came from or went (docs/migration.md). The entry's key is `import:<source>:<the source's reference>`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from django.db import connection

from accounts.bank_import import REFERENCE, minor_units_sql
from accounts.statements.reconciliation import SHOWN, Reconciliation, minor
from core import prepared
from core.intake.columns import Column, FileSpec, choice, day, decimal, text
from core.intake.loading import Ahead, Delivery, Loader, NotAsPrepared, Outcome, Rule, Section, Staged
from core.intake.reading import Refused
from ledger import accounts as chart
from ledger.errors import LedgerError, translated
from ledger.money import Money, exponent

# kind of row: its channel in the books, the internal account on the other side, and that account's kind.
COUNTERPARTS: Final = {
    "cash_deposit": ("counter", "cash", "asset"),
    "cash_withdrawal": ("counter", "cash", "asset"),
    "card_withdrawal": ("card", "card-clearing", "liability"),
    "transfer_in": ("interbank", "due-from-bank", "asset"),
    "transfer_out": ("interbank", "due-from-bank", "asset"),
    "pension": ("interbank", "due-from-bank", "asset"),
    "household": ("interbank", "due-from-bank", "asset"),
    "insurance": ("interbank", "due-from-bank", "asset"),
    "loan_payment": ("interbank", "due-from-bank", "asset"),
    "leasing": ("interbank", "due-from-bank", "asset"),
    "interest": ("system", "interest-expense", "expense"),
    "penalty_interest": ("system", "penalty-interest-income", "income"),
    "fee": ("system", "fee-income", "income"),
    "opening_balance": ("system", "brought-forward", "equity"),
}

TRANSACTIONS = FileSpec(
    "transactions",
    (
        Column("transaction", text(REFERENCE), "the source's reference of the movement"),
        Column("account", text(REFERENCE), "the account it happened on"),
        Column("booked_on", day(), "business date; never goes back from one row to the next"),
        Column("kind", choice(*COUNTERPARTS), "what it was; decides the other side in the books"),
        Column("amount", decimal(4), "as the holder sees it: money in is positive, money out negative"),
        Column("balance", decimal(4), "the source's own balance after it, as printed", required=False),
        Column("counter_bank", text(11), "code of the bank on the other side, capitals and digits", required=False),
        Column("counter_account", text(34), "account on the other side", required=False),
        Column("counter_name", text(80), "name on the other side", required=False),
        Column("text", text(100), "what the statement said besides", required=False),
    ),
    "Every movement on every account, in the order in which they were booked.",
    sorted_by="booked_on",
)
_JOINS = """
    LEFT JOIN accounts_bankaccount account ON account.external_ref = %(prefix)s || this.account
    LEFT JOIN LATERAL (
        -- OFFSET keeps it a look-up by key for each row; a join would read the whole ledger for every batch.
        SELECT entry.id, entry.kind, entry.business_date FROM ledger_entry entry
         WHERE entry.key = 'import:' || %(prefix)s || this.transaction OFFSET 0
    ) booked ON true
"""
_MINOR = minor_units_sql("account.currency")
_OTHER_BANKS = tuple(kind for kind, (_, counter, _) in COUNTERPARTS.items() if counter == "due-from-bank")
_KINDS = ", ".join(f"('{kind}', '{channel}', '{counter}')" for kind, (channel, counter, _) in COUNTERPARTS.items())
# The code of the internal account on the other side of a row.
_COUNTER = """
    known.counter || CASE WHEN known.counter = 'due-from-bank' THEN ':' || this.counter_bank ELSE '' END
    || ':' || account.currency
"""

_RULES = (
    Rule("account", "account.id IS NULL", "is not an account that was taken in"),
    Rule("account", "account.status <> 'open'", "is closed"),
    Rule("transaction", "booked.id IS NOT NULL", "was taken in before with other content"),
    Rule("amount", "this.amount = 0", "moves nothing"),
    Rule("amount", f"this.amount * {_MINOR} %% 1 <> 0", "has more decimals than the currency"),
    Rule("booked_on", "this.booked_on < account.opened_on", "is before the account was opened"),
    Rule("booked_on", "this.booked_on > %(as_of)s", "is later than the delivery itself"),
    Rule(
        "counter_bank",
        f"this.counter_bank IS NULL AND this.kind IN {_OTHER_BANKS}",
        "is empty; a movement to or from another bank names it",
    ),
    Rule("counter_bank", "this.counter_bank !~ '^[A-Z0-9]{1,11}$'", "is not a bank's code of capitals and digits"),
)


def _take(staged: Staged) -> Outcome:
    """Take a batch with care: open what is missing, set aside what would go below its floor, book the rest."""
    _open_counterparts(staged)
    staged.run("DROP TABLE IF EXISTS staged_movements")
    staged.run(_MOVEMENTS)
    refused = _below_floor(staged)
    if refused:
        staged.run("DELETE FROM staged_movements WHERE seq = ANY(%(lines)s)", lines=[row.line for row in refused])
    staged.cursor.execute(_columns("SELECT * FROM staged_movements"))
    (count, _, *columns) = staged.cursor.fetchone()
    if count:
        with translated():
            prepared.rows(_BOOK, columns)
    return Outcome(count, refused)


def _prepare(staged: Staged) -> list[Any] | None:
    """Give the batch as the books take it; None where it needs an account on the other side that is not there yet."""
    staged.cursor.execute(_columns(_PLAIN), staged.delivery.values)
    (count, known, *columns) = staged.cursor.fetchone()
    return [count, *columns] if count and known == count else None


def _take_prepared(staged: Staged, content: list[Any]) -> int:  # noqa: ARG001 - the engine's
    """Book a batch that was prepared; whatever the books find odd sends it to `_take`."""
    (count, *columns) = content
    try:
        with translated():
            ((booked, repeats),) = prepared.rows(_BOOK, columns)
    except LedgerError as odd:
        raise NotAsPrepared from odd
    if booked != count or repeats:
        raise NotAsPrepared
    return int(count)


def _columns(movements: str) -> str:
    """SQL for the movements as arrays in text, two lines each, the customer's first.

    Before them stands how many movements there are, and of how many the account on the other side is known.
    """
    return f"""
        WITH numbered AS MATERIALIZED (
            SELECT *, (row_number() OVER (ORDER BY seq))::int AS ordinal FROM ({movements}) movements
        ), entries AS (
            SELECT count(*) AS count, count(counter_id) AS known, array_agg(key ORDER BY ordinal) AS keys,
                   array_agg(kind ORDER BY ordinal) AS kinds,
                   array_agg(channel ORDER BY ordinal) AS channels, array_agg(business_date ORDER BY ordinal) AS dates
              FROM numbered
        ), lines AS (
            SELECT array_agg(ordinal ORDER BY ordinal, side) AS entries,
                   array_agg(account ORDER BY ordinal, side) AS accounts,
                   array_agg(amount ORDER BY ordinal, side) AS amounts,
                   array_agg(narrative ORDER BY ordinal, side) AS texts
              FROM (SELECT ordinal, 1 AS side, account_id AS account, amount, narrative FROM numbered
                     UNION ALL SELECT ordinal, 2, counter_id, -amount, '' FROM numbered) both_sides
        )
        SELECT count, known, keys::text, kinds::text, channels::text, dates::text,
               lines.entries::text, accounts::text, amounts::text, texts::text FROM entries, lines
    """  # noqa: S608 - built of the code's own words


_BOOK = """
    SELECT count(*), count(*) FILTER (WHERE repeated)
      FROM ledger_post_many(%s::text[], %s::text[], %s::text[], %s::date[],
                            %s::int[], %s::bigint[], %s::bigint[], %s::text[])
"""
_MOVED = f"(this.amount * {_MINOR})::bigint"
_PLAIN = f"""
    SELECT this.line AS seq,
           'import:' || %(prefix)s || this.transaction AS key,
           'history.' || this.kind AS kind,
           known.channel,
           this.booked_on AS business_date,
           account.ledger_account_id AS account_id,
           counter.id AS counter_id,
           {_MOVED} AS amount,
           concat_ws(' · ', this.counter_name, nullif(concat_ws(' ', this.counter_bank, this.counter_account), ''),
                     this.text) AS narrative
      FROM staged_transactions this
      JOIN accounts_bankaccount account ON account.external_ref = %(prefix)s || this.account
      JOIN (VALUES {_KINDS}) AS known(kind, channel, counter) ON known.kind = this.kind
      LEFT JOIN ledger_account counter ON counter.code = {_COUNTER}
"""  # noqa: S608 - built of the code's own words
_MOVEMENTS = f"""
    CREATE TEMPORARY TABLE staged_movements ON COMMIT DROP AS
    SELECT plain.*, this.amount::text AS stated, books.floor + books.held AS lowest,
           books.balance + sum(plain.amount) OVER (PARTITION BY plain.account_id ORDER BY plain.seq) AS balance_after
      FROM ({_PLAIN}) plain
      JOIN staged_transactions this ON this.line = plain.seq
      JOIN ledger_account books ON books.id = plain.account_id
"""  # noqa: S608 - built of the code's own words

_NEEDED = f"""
    SELECT DISTINCT {_COUNTER} AS code, account.currency, this.kind
      FROM staged_transactions this
      JOIN accounts_bankaccount account ON account.external_ref = %(prefix)s || this.account
      JOIN (VALUES {_KINDS}) AS known(kind, channel, counter) ON known.kind = this.kind
"""  # noqa: S608 - built of the code's own words


def _open_counterparts(staged: Staged) -> None:
    """Open the internal accounts on the other side that are not in the books yet."""
    staged.cursor.execute(_NEEDED, staged.delivery.values)
    needed = {code: (currency, kind) for code, currency, kind in staged.cursor.fetchall()}
    if needed:
        chart.open_accounts(
            [
                chart.NewAccount(
                    code=code,
                    name=code.rpartition(":")[0].replace("-", " ").replace(":", " "),
                    kind=COUNTERPARTS[kind][2],
                    currency=currency,
                    running=False,
                    floor=None,
                )
                for code, (currency, kind) in sorted(needed.items())
            ],
            now=staged.delivery.now,
        )


def _below_floor(staged: Staged) -> list[Refused]:
    """Find the rows that would take an account below what it may owe; the rows behind them count without them."""
    staged.cursor.execute(
        """
        SELECT account_id, seq, stated, amount, balance_after - amount, lowest FROM staged_movements
         WHERE account_id IN (SELECT account_id FROM staged_movements WHERE balance_after < lowest)
         ORDER BY account_id, seq
        """
    )
    refused = []
    balances: dict[int, int] = {}
    for account, line, stated, amount, before, lowest in staged.cursor.fetchall():
        after = balances.get(account, before) + amount
        if amount < 0 and after < lowest:
            refused.append(Refused(line, "amount", stated, "would take the account below its overdraft limit"))
            after -= amount
        balances[account] = after
    return sorted(refused, key=lambda row: row.line)


# ── The report at the end ────────────────────────────────────────────────────
_BOOKED = """
    SELECT substr(account.external_ref, length(%(prefix)s) + 1), account.currency, books.balance, books.last_number
      FROM accounts_bankaccount account JOIN ledger_account books ON books.id = account.ledger_account_id
     WHERE starts_with(account.external_ref, %(prefix)s)
"""


def _reconcile(delivery: Delivery, rows: Callable[[], Iterator[list[str]]]) -> Section:
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, delivery.values)
        books = {account: (currency, balance, lines) for account, currency, balance, lines in cursor.fetchall()}
    currencies = {account: currency for account, (currency, _, _) in books.items()}
    booked = {account: (balance, lines) for account, (_, balance, lines) in books.items()}
    tallies = _tally(delivery, rows(), currencies, {})
    # Accounts with more lines than the file has rows began before it: count again from where they stood then.
    before = {
        account: booked[account][0] - tally.summed
        for found in tallies.values()
        for account, tally in found.accounts.items()
        if booked[account][1] > tally.rows
    }
    if before:
        tallies = _tally(delivery, rows(), currencies, before)
    lines: list[str] = []
    figures: dict[str, Any] = {}
    agrees = True
    for currency, found in sorted(tallies.items()):
        wrong = found.against(booked)
        agrees = agrees and not wrong and not found.off
        lines += _said(currency, found, wrong)
        figures[currency] = _figures(currency, found, wrong)
    return Section("Reconciliation", lines or ["no movements"], figures, agrees)


def _tally(
    delivery: Delivery, rows: Iterator[list[str]], currencies: dict[str, str], before: dict[str, int]
) -> dict[str, Reconciliation]:
    found: dict[str, Reconciliation] = {}
    exponents: dict[str, int] = {}
    for row in rows:
        account = row[1]
        currency = currencies[account]
        tally = found.get(currency)
        if tally is None:
            exponents[currency] = exponent(currency)
            rounding = int(delivery.manifest.rounding.scaleb(exponents[currency]))
            tally = found[currency] = Reconciliation(rounding=rounding, before=before)
        places = exponents[currency]
        tally.row(
            reference=row[0],
            account=account,
            amount=minor(row[4], places),
            printed=minor(row[5], places) if row[5] else None,
        )
    return found


def _said(currency: str, found: Reconciliation, wrong: Sequence[str]) -> list[str]:
    def money(amount: int) -> str:
        return f"{Money(amount, currency).decimal:,} {currency}"

    drifts, held = found.drifts, len(found.accounts)
    lines = [
        f"{found.rows:,} rows on {held:,} accounts, {money(found.credits)} in, {money(found.debits)} out",
        f"printed balances: {found.exact:,} exact, {found.within:,} within rounding, {found.off:,} off"
        + (f", {found.not_printed:,} not printed" if found.not_printed else ""),
        f"against exact sums: {sum(not drift for drift in drifts):,} accounts agree on every row,"
        f" largest drift {money(drifts[-1])}, median {money(drifts[len(drifts) // 2])}",
        f"the books: {held - len(wrong):,} of {held:,} accounts stand where the file ends",
    ]
    if found.off_rows:
        lines.append("off: " + ", ".join(found.off_rows) + (" …" if found.off > len(found.off_rows) else ""))
    if wrong:
        lines.append("not as in the file: " + ", ".join(wrong[:SHOWN]) + (" …" if len(wrong) > SHOWN else ""))
    return lines


def _figures(currency: str, found: Reconciliation, wrong: Sequence[str]) -> dict[str, Any]:
    def money(amount: int) -> str:
        return str(Money(amount, currency).decimal)

    drifting = sorted(found.accounts.items(), key=lambda item: (-item[1].drift, item[0]))[:1_000]
    return {
        "rows": found.rows,
        "accounts": len(found.accounts),
        "in": money(found.credits),
        "out": money(found.debits),
        "exact": found.exact,
        "within_rounding": found.within,
        "off": found.off,
        "not_printed": found.not_printed,
        "off_rows": found.off_rows,
        "accounts_exact_on_every_row": sum(not tally.drift for tally in found.accounts.values()),
        "largest_drift": money(found.drifts[-1]),
        "median_drift": money(found.drifts[len(found.drifts) // 2]),
        "accounts_with_drift": [
            {"account": account, "rows": tally.rows, "inexact_rows": tally.inexact, "drift": money(tally.drift)}
            for account, tally in drifting
            if tally.drift
        ],
        "accounts_not_as_booked": list(wrong[:1_000]),
    }


LOADERS: tuple[Loader, ...] = (
    Loader(
        spec=TRANSACTIONS,
        once=("transaction",),
        fills=("ledger_entry", "ledger_line", "ledger_account"),
        take=_take,
        ahead=Ahead(_prepare, _take_prepared),
        joins=_JOINS,
        rules=_RULES,
        repeated_when=f"""
            booked.id IS NOT NULL AND booked.kind = 'history.' || this.kind
            AND booked.business_date = this.booked_on
            AND EXISTS (SELECT 1 FROM ledger_line line WHERE line.entry_id = booked.id
                           AND line.account_id = account.ledger_account_id
                           AND line.amount = (this.amount * {_MINOR})::bigint)
        """,  # noqa: S608 - built of the code's own words
        report=_reconcile,
    ),
)
