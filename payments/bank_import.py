"""Taking in another bank's standing orders (docs/migration.md)."""

from accounts.bank_import import REFERENCE, minor_units_sql
from core.intake.columns import Column, FileSpec, choice, decimal, text
from core.intake.loading import Loader, Outcome, Rule, Staged

STANDING_ORDERS = FileSpec(
    "standing_orders",
    (
        Column("standing_order", text(REFERENCE), "the source's reference of the order"),
        Column("account", text(REFERENCE), "the account it pays from"),
        Column("payee_bank", text(11), "code of the payee's bank, capitals and digits", required=False),
        Column("payee_account", text(34), "the payee's account number there"),
        Column("payee_name", text(80), "the payee's name", required=False),
        Column("amount", decimal(4), "what it pays each time, in the account's currency"),
        Column(
            "purpose",
            choice("household", "loan_payment", "insurance", "leasing", "other"),
            "what it is for",
            required=False,
        ),
        Column("rhythm", choice("monthly"), "how often it pays"),
    ),
    "Standing orders as they were agreed with the source. They are shown and not carried out.",
    required=False,
)
_MINOR = minor_units_sql("account.currency")
_JOINS = "LEFT JOIN accounts_bankaccount account ON account.external_ref = %(prefix)s || this.account"


def _take(staged: Staged) -> Outcome:
    return Outcome(
        staged.run(
            f"""
            INSERT INTO payments_standingorder (public_id, source_id, payee_bank, payee_account, payee_name, amount,
                                                currency, purpose, rhythm, status, external_ref)
            SELECT gen_random_uuid(), account.id, coalesce(this.payee_bank, ''), this.payee_account,
                   coalesce(this.payee_name, ''), this.amount * {_MINOR}, account.currency,
                   coalesce(this.purpose, 'other'), this.rhythm, 'active', %(prefix)s || this.standing_order
              FROM staged_standing_orders this {_JOINS}
             ORDER BY this.line
            """  # noqa: S608 - built of the code's own words
        )
    )


LOADERS: tuple[Loader, ...] = (
    Loader(
        spec=STANDING_ORDERS,
        once=("standing_order",),
        fills=("payments_standingorder",),
        take=_take,
        joins=_JOINS,
        repeated_when="EXISTS (SELECT 1 FROM payments_standingorder s"
        " WHERE s.external_ref = %(prefix)s || this.standing_order)",
        rules=(
            Rule("account", "account.id IS NULL", "is not an account that was taken in"),
            Rule("payee_bank", "this.payee_bank !~ '^[A-Z0-9]{1,11}$'", "is not a bank's code of capitals and digits"),
            Rule("amount", "this.amount <= 0", "is not more than zero"),
            Rule("amount", f"this.amount * {_MINOR} %% 1 <> 0", "has more decimals than the currency"),
        ),
    ),
)
