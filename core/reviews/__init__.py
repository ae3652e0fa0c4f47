"""One desk for every human decision.

    from core.reviews import services as desk
    from core.reviews.rules import Rule
    case = desk.open_case(subject="identity", subject_id=str(verification.public_id), title=..., opened_by=user,
                          rule=Rule(steps=(("reviewer", "approver"),), hours=24, claim_minutes=30), now=now)
    desk.record_check(case=case, name="age", outcome="pass", evidence={"age": 34}, sentence=lambda: _("…"), now=now)

A room describes its matters by a class (core.reviews.subject.Subject) that `settings.REVIEW_SUBJECTS` names; the
decision leaves as fact `reviews.decided`, in the transaction in which it was made.
"""
