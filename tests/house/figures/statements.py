"""Figures of files of transactions, and of searches that are kept."""

import uuid
from typing import Any

from accounts.statements import exporting, searches
from tests.factories import statements
from tests.house.figures.ground import Ground, Watch
from tests.house.figures.people import paper


def large_file(ground: Ground) -> Any:
    """What becomes of a large file that is asked for on an account with money in and out."""
    statements.move(ground.pair.source, [1_00, 2_00], now=ground.now, key=str(uuid.uuid4()))
    try:
        file = statements.ask(ground.pair.payer, ground.pair.source, now=ground.now)
    except exporting.NotMade as refusal:
        return type(refusal).__name__
    exporting.make(public_id=file.public_id, now=ground.now)
    file.refresh_from_db()
    return file.state, file.expires_at


def kept_search(ground: Ground) -> Any:
    try:
        return searches.save(customer=ground.pair.payer, name="Rent", query={"q": "rent"}, now=ground.now).name
    except searches.NotKept as refusal:
        return type(refusal).__name__


WATCHED: dict[str, Watch] = {
    "statement.csv_rows": Watch(paper("statement_csv"), changed="0"),
    "statement.file_most_rows": Watch(large_file, changed="0"),
    "statement.file_days": Watch(large_file),
    "statement.files_per_day": Watch(large_file, changed="0"),
    "statement.saved_searches": Watch(kept_search, changed="0"),
}
