"""Taking in another bank's cards (docs/migration.md)."""

from core.intake.columns import Column, FileSpec, choice, day, text
from core.intake.loading import Loader, Outcome, Rule, Staged

CARDS = FileSpec(
    "cards",
    (
        Column("card", text(32), "the source's reference of the card"),
        Column("disposition", text(32), "the right of disposal it was given for"),
        Column("type", choice("junior", "classic", "gold"), "what kind of card"),
        Column("issued_on", day(), "the day it was issued"),
    ),
    "Cards given to people who may dispose of an account.",
    required=False,
)


def _take(staged: Staged) -> Outcome:
    return Outcome(
        staged.run(
            """
            INSERT INTO cards_card (public_id, disposition_id, type, issued_on, external_ref)
            SELECT gen_random_uuid(), disposition.id, this.type, this.issued_on, %(prefix)s || this.card
              FROM staged_cards this
              JOIN accounts_disposition disposition ON disposition.external_ref = %(prefix)s || this.disposition
             ORDER BY this.line
            """
        )
    )


LOADERS: tuple[Loader, ...] = (
    Loader(
        spec=CARDS,
        once=("card",),
        fills=("cards_card",),
        take=_take,
        repeated_when="EXISTS (SELECT 1 FROM cards_card c WHERE c.external_ref = %(prefix)s || this.card)",
        rules=(
            Rule(
                "disposition",
                "NOT EXISTS (SELECT 1 FROM accounts_disposition d"
                " WHERE d.external_ref = %(prefix)s || this.disposition)",
                "is not a right of disposal that was taken in",
            ),
        ),
    ),
)
