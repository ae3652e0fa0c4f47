"""How each figure of the policy table is seen at work: one entry for each key, gathered by room."""

from tests.house.figures import desk, entrance, identity, people, transfers
from tests.house.figures.ground import Watch

WATCHED: dict[str, Watch] = {
    **entrance.WATCHED,
    **identity.WATCHED,
    **transfers.WATCHED,
    **desk.WATCHED,
    **people.WATCHED,
}
