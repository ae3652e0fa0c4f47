"""Figures of recalls and disputes."""

from payments.recalls import figures
from payments.recalls.states import Asked
from tests.house.figures.ground import Watch

WATCHED: dict[str, Watch] = {
    "recall.ask_days": Watch(lambda ground: figures.may_ask_since(ground.now)),
    "recall.answer_days.payee": Watch(lambda ground: figures.answer_by(Asked.PAYEE, now=ground.now)),
    "recall.answer_days.bank": Watch(lambda ground: figures.answer_by(Asked.BANK, now=ground.now)),
    "recall.answer_days.abroad": Watch(lambda ground: figures.answer_by(Asked.ABROAD, now=ground.now)),
    "dispute.ask_days": Watch(lambda ground: figures.may_dispute_since(ground.now)),
    "dispute.due_hours": Watch(lambda ground: figures.desk(ground.now)),
    "dispute.claim_minutes": Watch(lambda ground: figures.desk(ground.now)),
    "dispute.evidence_most": Watch(lambda ground: figures.most_evidence(ground.now)),
    "dispute.evidence_day_most": Watch(lambda ground: figures.most_evidence_a_day(ground.now)),
}
