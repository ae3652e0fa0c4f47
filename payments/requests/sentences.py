"""What a refusal of this room means and what to do. Each with the field it belongs to ("" for none)."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.ui import formats
from payments.refusals import TransferRefused
from payments.requests import refusals
from payments.sentences import of_transfer


def of(refusal: refusals.RequestRefused | TransferRefused) -> tuple[str, str]:  # noqa: PLR0911, PLR0912 - one each
    """This function will give (field, sentence). In none of these cases anything has changed or moved."""
    if isinstance(refusal, TransferRefused):
        return of_transfer(refusal)
    match refusal:
        case refusals.UnknownDestination():
            return "destination", _("This account cannot get the money. Choose one of your open accounts.")
        case refusals.LastDayWrong():
            return "last_day", _("The last day is today at the earliest and %(day)s at the latest.") % {
                "day": formats.day(refusal.latest, get_language())
            }
        case refusals.LeadsAway():
            return "words", _(
                "The words hold a web address, an e-mail address or a long number. Say only what it is for: that "
                "protects whoever gets the link."
            )
        case refusals.TooManyPeople():
            return "people", _("At most %(most)d people can be asked at once. Enter a smaller number.") % {
                "most": refusal.most
            }
        case refusals.TooManyOpen():
            return "", _(
                "You have %(most)d open requests, as many as are possible. Cancel one you no longer need, then ask "
                "again."
            ) % {"most": refusal.most}
        case refusals.TooManyToday(one=True):
            return "address", _("You have asked here %(most)d times today. Ask again tomorrow.") % {
                "most": refusal.most
            }
        case refusals.TooManyToday():
            return "", _("You have asked %(most)d times today, as often as is possible. Ask again tomorrow.") % {
                "most": refusal.most
            }
        case refusals.NotAnAddress():
            return "address", _(
                "This is neither a mobile number nor an account number of ours. Compare it with what you were given."
            )
        case refusals.OwnAddress():
            return "address", _("This is you. Enter the number of who is to pay.")
        case refusals.FormUsed():
            return "", _("This form has made a request already. Nothing more was asked. For another one, start anew.")
        case refusals.AmountNeeded():
            return "amount", _("Enter how much you want to pay")
        case refusals.NotSure():
            return "sure", _("Tick the box if you are sure who is asking. Otherwise leave this page: nothing moves")
        case refusals.NameTaken():
            return "name", _("You have a template of this name. Choose another name.")
        case refusals.TooManyTemplates():
            return "", _(
                "You keep %(most)d templates, as many as are possible. Delete one you no longer need, then keep this "
                "one."
            ) % {"most": refusal.most}
        case refusals.NothingToKeep():
            return "", _("There is no such transfer. Nothing was kept.")
        case _other:
            return "", _("This cannot be done any more. Nothing has changed.")
