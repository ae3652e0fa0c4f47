"""How each figure of the policy table is seen at work: one entry for each key, gathered by room."""

from tests.house.figures import (
    counter,
    crossborder,
    deposits,
    desk,
    entrance,
    exchange,
    identity,
    monitoring,
    people,
    recalls,
    requests,
    statements,
    transfers,
)
from tests.house.figures.ground import Watch

WATCHED: dict[str, Watch] = {
    **entrance.WATCHED,
    **identity.WATCHED,
    **transfers.WATCHED,
    **requests.WATCHED,
    **counter.WATCHED,
    **desk.WATCHED,
    **people.WATCHED,
    **recalls.WATCHED,
    **crossborder.WATCHED,
    **deposits.WATCHED,
    **exchange.WATCHED,
    **monitoring.WATCHED,
    **statements.WATCHED,
}
