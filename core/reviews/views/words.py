"""Why the desk did not do something, in a sentence; nothing has changed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.reviews import errors


def refusal(error: errors.Refused) -> str:
    """This function will say why the desk did not do something; nothing has changed."""
    match error:
        case errors.HeldByAnother(holder=holder):
            return _("%(holder)s holds this case at the moment. Nothing was changed.") % {"holder": holder}
        case errors.DeskFull(most=most):
            return ngettext(
                "There is %(most)s case on your desk, which is the most. Decide it or hand it over first.",
                "There are %(most)s cases on your desk, which is the most. Decide some or hand them over first.",
                most,
            ) % {"most": most}
        case errors.Objection(sentence=sentence):
            return str(sentence)
    sentences = {
        errors.UnknownCase: _("There is no such case for you."),
        errors.NoRole: _("This step takes another role than yours. Nothing was changed."),
        errors.NoSkill: _("This case takes a skill that you do not have. Nothing was changed."),
        errors.OwnCase: _("This case is your own, or you asked for it. A colleague decides it."),
        errors.Related: _("Somebody you live with or know is concerned. A colleague decides this case."),
        errors.DecidedBefore: _("You have already looked at this case. A second person must decide now."),
        errors.NotHeld: _("Claim the case before you decide it."),
        errors.Closed: _("This case is already decided or withdrawn. Nothing was changed."),
        errors.Expired: _("The time in which this could be decided is over. Nothing was changed."),
        errors.Asked: _("The customer was asked something, and the case waits for the answer."),
        errors.NotAsked: _("Nothing is asked at the moment. Nothing was changed."),
        errors.Changed: _("Something has changed since you opened this page. Look again, then decide."),
        errors.ReasonMissing: _("To decline takes at least one reason and a note."),
        errors.UnknownReason: _("Choose the reasons from the list."),
        errors.QuestionMissing: _("Choose at least one question."),
        errors.NoteMissing: _("Write your colleague a sentence."),
        errors.Away: _("This colleague is not here at the moment. Nothing was changed."),
        errors.NotALead: _("Only somebody who leads the desk may do this. Nothing was changed."),
        errors.CannotReopen: _("This decision cannot be corrected on the desk. Nothing was changed."),
        errors.CheckFailed: _("A check is not in order, so this case cannot be approved."),
    }
    return sentences[type(error)]


def refusal_of_colleague(error: errors.Refused) -> str:
    """This function will say why a case cannot be given to a colleague."""
    match error:
        case errors.NoRole() | errors.NoSkill():
            return _("This colleague may not decide this case: it takes another role or skill.")
        case errors.Conflict():
            return _("This colleague may not decide this case. Nothing was changed.")
        case errors.DeskFull():
            return _("This colleague has as many cases as one person may have. Nothing was changed.")
    return refusal(error)
