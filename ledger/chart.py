"""The bank's chart of accounts: its own accounts, named once. Customers' accounts are opened by the rooms upstairs.

Signs: credit positive, debit negative. So cash in the vault (an asset) reads as a negative number, and so does
interest the bank has paid; a customer's deposit reads as a positive one.
"""

from datetime import datetime

from ledger import accounts
from ledger.accounts import NewAccount
from ledger.models import Account

ASSET, LIABILITY = Account.Kind.ASSET.value, Account.Kind.LIABILITY.value
EQUITY, INCOME, EXPENSE = Account.Kind.EQUITY.value, Account.Kind.INCOME.value, Account.Kind.EXPENSE.value

# name -> (what it is, its kind). An account's code is `name:CURRENCY`.
INTERNAL: dict[str, tuple[str, str]] = {
    "cash": ("Cash in hand", ASSET),
    "nostro": ("Our account with the correspondent bank", ASSET),
    "central-bank": ("Our account with the central bank", ASSET),
    "clearing": ("Transfers in clearing", LIABILITY),
    "abroad": ("Payments abroad in transit", LIABILITY),
    "card-clearing": ("Card payments in clearing", LIABILITY),
    "suspense": ("Amounts not yet attributed", LIABILITY),
    "fx-position": ("Foreign currency position", ASSET),
    "loans": ("Loans to customers", ASSET),
    "equity": ("Equity", EQUITY),
    "opening": ("Opening balances", EQUITY),
    "till-difference": ("Differences of tills", EXPENSE),
    "interest-payable": ("Interest owed to customers", LIABILITY),
    "interest-paid": ("Interest paid to customers", EXPENSE),
    "interest-received": ("Interest received from customers", INCOME),
    "fee-income": ("Fees", INCOME),
    "fx-spread": ("Income from exchange spreads", INCOME),
    "fx-result": ("Result of currency trading", INCOME),
}


# Families with one account for each counterparty, vault or till: `due-from-bank:AB`, `till:SH01-1`.
PREFIXES: dict[str, tuple[str, str]] = {
    "fx-counter": ("Counter-value in yuan of the position in", ASSET),
    "due-from-bank": ("Due from bank", ASSET),
    "vault": ("Vault of branch", ASSET),
    "till": ("Till", ASSET),
}


def code(name: str, currency: str) -> str:
    """This function will give the code of one of the bank's own accounts; raises KeyError for a name it has not."""
    if name.partition(":")[0] not in {*INTERNAL, *PREFIXES}:
        raise KeyError(name)
    return f"{name}:{currency}"


def is_till(account_code: str) -> bool:
    """This function will say whether an account is what the books say lies in a till: it moves at the counter alone."""
    return account_code.startswith("till:")


def ensure(currency: str, *, now: datetime) -> dict[str, int]:
    """This function will open the bank's own accounts in a currency where they are missing; answers ids by name.

    Raises UnknownCurrency, CodeTaken.
    """
    new = [
        NewAccount(code(name, currency), title, kind, currency, running=False)
        for name, (title, kind) in INTERNAL.items()
    ]
    ids = accounts.open_accounts(new, now=now)
    return {name: ids[code(name, currency)] for name in INTERNAL}


def ensure_banks(codes: list[str], *, currency: str, now: datetime) -> dict[str, int]:
    """This function will open an account due from each of these banks where it is missing; answers ids by bank code."""
    title, kind = PREFIXES["due-from-bank"]
    new = [
        NewAccount(code(f"due-from-bank:{bank}", currency), f"{title} {bank}", kind, currency, running=False)
        for bank in codes
    ]
    ids = accounts.open_accounts(new, now=now)
    return {bank: ids[account.code] for bank, account in zip(codes, new, strict=True)}


def own(name: str, currency: str, *, now: datetime) -> int:
    """This function will give one of the bank's own accounts, opening the chart of a currency when it is new."""
    try:
        return find(name, currency)
    except Account.DoesNotExist:
        return ensure(currency, now=now)[name]


def find(name: str, currency: str) -> int:
    """This function will answer the id of one of the bank's own accounts; raises Account.DoesNotExist."""
    return Account.objects.values_list("pk", flat=True).get(code=code(name, currency))
