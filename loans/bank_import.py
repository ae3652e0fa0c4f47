"""Taking in another bank's loans (docs/migration.md)."""

from accounts.bank_import import minor_units_sql
from core.intake.columns import Column, FileSpec, choice, day, decimal, integer, text
from core.intake.loading import Loader, Outcome, Rule, Staged

_MINOR = minor_units_sql("account.currency")  # how many minor units one whole unit has

LOANS = FileSpec(
    "loans",
    (
        Column("loan", text(32), "the source's reference of the loan"),
        Column("account", text(32), "the account it was paid out to and is paid back from"),
        Column("granted_on", day(), "the day it was granted"),
        Column("amount", decimal(4), "what was lent, in the account's currency"),
        Column("months", integer(), "number of monthly payments"),
        Column("monthly_payment", decimal(4), "each monthly payment"),
        Column("state", choice("repaid", "ended_unpaid", "running", "in_arrears"), "how it stands"),
    ),
    "Loans with equal monthly payments.",
    required=False,
)
_JOINS = "LEFT JOIN accounts_bankaccount account ON account.external_ref = %(prefix)s || this.account"


def _take(staged: Staged) -> Outcome:
    return Outcome(
        staged.run(
            f"""
            INSERT INTO loans_loan (public_id, bank_account_id, granted_on, amount, monthly_payment, months, currency,
                                    state, external_ref)
            SELECT gen_random_uuid(), account.id, this.granted_on, this.amount * {_MINOR},
                   this.monthly_payment * {_MINOR}, this.months, account.currency, this.state,
                   %(prefix)s || this.loan
              FROM staged_loans this {_JOINS}
             ORDER BY this.line
            """  # noqa: S608 - built of the code's own words
        )
    )


LOADERS: tuple[Loader, ...] = (
    Loader(
        spec=LOANS,
        once=("loan",),
        fills=("loans_loan",),
        take=_take,
        joins=_JOINS,
        repeated_when="EXISTS (SELECT 1 FROM loans_loan l WHERE l.external_ref = %(prefix)s || this.loan)",
        rules=(
            Rule("account", "account.id IS NULL", "is not an account that was taken in"),
            Rule("months", "this.months NOT BETWEEN 1 AND 600", "is not a number of months between 1 and 600"),
            Rule("amount", "this.amount <= 0", "is not more than zero"),
            Rule("monthly_payment", "this.monthly_payment <= 0", "is not more than zero"),
            Rule("amount", f"this.amount * {_MINOR} %% 1 <> 0", "has more decimals than the currency"),
            Rule(
                "monthly_payment",
                f"this.monthly_payment * {_MINOR} %% 1 <> 0",
                "has more decimals than the currency",
            ),
        ),
    ),
)
