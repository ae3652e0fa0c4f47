"""Taking in another bank's districts, customers, accounts, and who may dispose of which (docs/migration.md)."""

from django.conf import settings

from accounts.models import BankAccount
from accounts.numbers import account_number
from accounts.services import deposit_code
from core.intake.columns import Column, FileSpec, choice, day, decimal, integer, text
from core.intake.loading import Loader, Outcome, Rule, Staged
from ledger import accounts as chart
from ledger.money import EXPONENTS, exponent

REFERENCE = 32  # characters of the source's own references


def minor_units_sql(currency: str) -> str:
    """This function will write SQL that says how many minor units one whole unit has; `currency` is an SQL expression.

    It must be a currency the bank knows, as every account's is.
    """
    unusual: dict[int, list[str]] = {}
    for code, decimals in EXPONENTS.items():
        if decimals != 2:
            unusual.setdefault(decimals, []).append(f"'{code}'")
    whens = " ".join(f"WHEN {currency} IN ({', '.join(codes)}) THEN {10**n}" for n, codes in sorted(unusual.items()))
    return f"(CASE {whens} ELSE 100 END)"


# ── Districts ────────────────────────────────────────────────────────────────
DISTRICTS = FileSpec(
    "districts",
    (
        Column("district", text(10), "the source's reference of the district"),
        Column("name", text(100), "name, as people there write it"),
        Column("region", text(100), "the larger region it belongs to", required=False),
        Column("inhabitants", integer(), "how many people live there", required=False),
    ),
    "Parts of the country, for figures by district.",
    required=False,
)


def _take_districts(staged: Staged) -> Outcome:
    return Outcome(
        staged.run(
            """
            INSERT INTO accounts_district (code, name, region, inhabitants)
            SELECT %(prefix)s || district, name, coalesce(region, ''), inhabitants FROM staged_districts ORDER BY line
            """
        )
    )


districts = Loader(
    spec=DISTRICTS,
    once=("district",),
    fills=("accounts_district",),
    take=_take_districts,
    repeated_when="EXISTS (SELECT 1 FROM accounts_district d WHERE d.code = %(prefix)s || this.district)",
    rules=(
        Rule("district", "length(%(prefix)s || this.district) > 20", "is too long together with the source's code"),
        Rule("inhabitants", "this.inhabitants NOT BETWEEN 0 AND 2000000000", "is not a number of people"),
    ),
)

_NO_DISTRICT = Rule(
    "district",
    "this.district IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM accounts_district d WHERE d.code = %(prefix)s || this.district)",
    "is not a district that was taken in",
)

# ── Customers ────────────────────────────────────────────────────────────────
CUSTOMERS = FileSpec(
    "customers",
    (
        Column("customer", text(REFERENCE), "the source's reference of the person"),
        Column("name", text(120), "legal name"),
        Column("name_is_generated", choice("yes", "no"), "yes where the name was invented", required=False),
        Column("born_on", day(), "date of birth", required=False),
        Column("sex", choice("f", "m"), "f or m", required=False),
        Column("district", text(10), "district the person lives in", required=False),
        Column("customer_since", day(), "first day as a customer; without it the delivery's day", required=False),
        Column("verified_on", day(), "day the source proved who it is; without it not yet verified", required=False),
    ),
    "People. They get no sign-in by being taken in.",
)


def _take_customers(staged: Staged) -> Outcome:
    return Outcome(
        staged.run(
            """
            INSERT INTO accounts_customer (public_id, legal_name, name_is_generated, born_on, sex, district_id,
                                           standing, verified_at, external_ref, created_at)
            SELECT gen_random_uuid(), this.name, coalesce(this.name_is_generated, 'no') = 'yes', this.born_on,
                   coalesce(this.sex, ''), district.id,
                   CASE WHEN this.verified_on IS NULL THEN 'new' ELSE 'verified' END,
                   this.verified_on::timestamp AT TIME ZONE %(zone)s,
                   %(prefix)s || this.customer,
                   coalesce(this.customer_since, %(as_of)s)::timestamp AT TIME ZONE %(zone)s
              FROM staged_customers this
              LEFT JOIN accounts_district district ON district.code = %(prefix)s || this.district
             ORDER BY this.line
            """,
            zone=settings.TIME_ZONE,
        )
    )


customers = Loader(
    spec=CUSTOMERS,
    once=("customer",),
    fills=("accounts_customer",),
    take=_take_customers,
    repeated_when="EXISTS (SELECT 1 FROM accounts_customer c WHERE c.external_ref = %(prefix)s || this.customer)",
    rules=(
        _NO_DISTRICT,
        Rule("born_on", "this.born_on < '1850-01-01' OR this.born_on > %(as_of)s", "is not a birthday of the living"),
        Rule("verified_on", "this.verified_on > %(as_of)s", "is later than the delivery itself"),
    ),
)

# ── Accounts ─────────────────────────────────────────────────────────────────
ACCOUNTS = FileSpec(
    "accounts",
    (
        Column("account", text(REFERENCE), "the source's reference of the account"),
        Column("opened_on", day(), "the day it was opened"),
        Column("currency", choice(*EXPONENTS), "its currency; without it the manifest's", required=False),
        Column("overdraft_limit", decimal(4), "how far below zero the source let it go; 0 without it", required=False),
        Column("district", text(10), "district of the branch that keeps it", required=False),
        Column(
            "statement_frequency",
            choice("monthly", "weekly", "after_transaction"),
            "how often the source sent statements",
            required=False,
        ),
    ),
    "Demand accounts. Each gets a number of this bank and an account in the books, with the overdraft as its floor.",
)


def _take_accounts(staged: Staged) -> Outcome:
    staged.cursor.execute(
        """
        SELECT this.account, this.opened_on, coalesce(this.currency, %(currency)s), coalesce(this.overdraft_limit, 0),
               district.id, coalesce(this.statement_frequency, '')
          FROM staged_accounts this
          LEFT JOIN accounts_district district ON district.code = %(prefix)s || this.district
         ORDER BY this.line
        """,
        staged.delivery.values,
    )
    rows = staged.cursor.fetchall()
    prefix = staged.delivery.prefix
    opened = chart.open_accounts(
        [
            chart.NewAccount(
                code=deposit_code(prefix + reference),
                name="Demand account",
                kind="liability",
                currency=currency,
                running=True,
                floor=-int(limit.scaleb(exponent(currency))),
            )
            for reference, _, currency, limit, _, _ in rows
        ],
        now=staged.delivery.now,
    )
    product = BankAccount.Product.DEMAND
    made = [
        BankAccount(
            ledger_account_id=opened[deposit_code(prefix + reference)],
            number=account_number(product=product, serial=opened[deposit_code(prefix + reference)]),
            product=product,
            currency=currency,
            district_id=district,
            opened_on=opened_on,
            external_ref=prefix + reference,
            statement_frequency=frequency,
        )
        for reference, opened_on, currency, _, district, frequency in rows
    ]
    return Outcome(len(BankAccount.objects.bulk_create(made, batch_size=2_000)))


accounts = Loader(
    spec=ACCOUNTS,
    once=("account",),
    fills=("accounts_bankaccount", "ledger_account"),
    take=_take_accounts,
    repeated_when="EXISTS (SELECT 1 FROM accounts_bankaccount a WHERE a.external_ref = %(prefix)s || this.account)",
    rules=(
        _NO_DISTRICT,
        Rule("overdraft_limit", "this.overdraft_limit < 0", "is negative; write how far below zero it may go"),
        Rule("overdraft_limit", "this.overdraft_limit > 1000000000000", "is larger than any account of a person"),
        Rule(
            "overdraft_limit",
            f"this.overdraft_limit * {minor_units_sql('coalesce(this.currency, %(currency)s)')} %% 1 <> 0",
            "has more decimals than the currency",
        ),
    ),
)

# ── Who may dispose of which account ─────────────────────────────────────────
DISPOSITIONS = FileSpec(
    "dispositions",
    (
        Column("disposition", text(REFERENCE), "the source's reference of the right"),
        Column("customer", text(REFERENCE), "who"),
        Column("account", text(REFERENCE), "may dispose of which account"),
        Column("role", choice("owner", "disponent"), "as its owner, or on the owner's behalf"),
    ),
    "Who may dispose of which account. An account has one owner.",
)


def _take_dispositions(staged: Staged) -> Outcome:
    return Outcome(
        staged.run(
            """
            INSERT INTO accounts_disposition (customer_id, bank_account_id, role, external_ref)
            SELECT customer.id, account.id, this.role, %(prefix)s || this.disposition
              FROM staged_dispositions this
              JOIN accounts_customer customer ON customer.external_ref = %(prefix)s || this.customer
              JOIN accounts_bankaccount account ON account.external_ref = %(prefix)s || this.account
             ORDER BY this.line
            """
        )
    )


dispositions = Loader(
    spec=DISPOSITIONS,
    once=("disposition",),
    fills=("accounts_disposition",),
    take=_take_dispositions,
    joins="""
        LEFT JOIN accounts_customer customer ON customer.external_ref = %(prefix)s || this.customer
        LEFT JOIN accounts_bankaccount account ON account.external_ref = %(prefix)s || this.account
        LEFT JOIN (SELECT line, row_number() OVER (PARTITION BY customer, account ORDER BY line) AS pairs,
                          count(*) FILTER (WHERE role = 'owner') OVER (PARTITION BY account ORDER BY line) AS owners
                     FROM staged_dispositions) seen ON seen.line = this.line
    """,
    repeated_when="EXISTS (SELECT 1 FROM accounts_disposition d WHERE d.external_ref = %(prefix)s || this.disposition)",
    rules=(
        Rule("customer", "customer.id IS NULL", "is not a customer that was taken in"),
        Rule("account", "account.id IS NULL", "is not an account that was taken in"),
        Rule(
            "account",
            "seen.pairs > 1 OR EXISTS (SELECT 1 FROM accounts_disposition d"
            " WHERE d.bank_account_id = account.id AND d.customer_id = customer.id)",
            "is at this customer's disposal already",
        ),
        Rule(
            "role",
            "this.role = 'owner' AND (seen.owners > 1 OR EXISTS (SELECT 1 FROM accounts_disposition d"
            " WHERE d.bank_account_id = account.id AND d.role = 'owner'))",
            "would make a second owner; the account has one",
        ),
    ),
)

LOADERS: tuple[Loader, ...] = (districts, customers, accounts, dispositions)
