"""Rhythms, endings and reasons in sentences."""

from datetime import date

from django.utils.translation import get_language, gettext_lazy, gettext_noop, ngettext
from django.utils.translation import gettext as _

from accounts.numbers import grouped
from accounts.queries import HeldAccount
from core.ui import formats
from ledger.money import Money
from payments.schedules.rhythm import Holiday, Rhythm, Unit
from payments.schedules.terms import Terms

WEEKDAYS = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)
SHORTEST_MONTH, LEAP_DAY = 28, (2, 29)

HOLIDAY_LABELS = {
    Holiday.SAME: gettext_lazy("On that day all the same"),
    Holiday.BEFORE: gettext_lazy("On the working day before"),
    Holiday.AFTER: gettext_lazy("On the next working day"),
    Holiday.SKIP: gettext_lazy("Not at all this time"),
}

# Why a date was not paid, or an order ended: what is shown beside it.
REASONS = {
    "funds": gettext_noop("There was not enough on the account, in the morning and in the evening"),
    "limit": gettext_noop("A transfer limit was reached"),
    "second_step": gettext_noop("Your second step was new, and only small sums could leave"),
    "new_payee": gettext_noop("The payee was new, and only small sums could leave"),
    "not_offered": gettext_noop("Transfers in this currency were not offered"),
    "class_limit": gettext_noop("A limit of the account's class was reached"),
    "document_expired": gettext_noop("Your identity document has expired and we have no new one"),
    "payee_cannot_take": gettext_noop("The payee's account could not take this amount"),
    "held": gettext_noop("It was held and not sent; the money stayed on your account"),
    "refused": gettext_noop("The transfer could not be made as agreed"),
    "account_closed": gettext_noop("One of the two accounts is closed or no longer yours to use"),
    "no_way": gettext_noop("The payee's bank could not be reached with this sum"),
    "payee_removed": gettext_noop("The payee is no longer on your list"),
    "complete": gettext_noop("Everything agreed was paid"),
    "relationship": gettext_noop("The relationship with the bank ended"),
}


def reason(word: str) -> str:
    """This function will say why, in the reader's language."""
    return _(REASONS[word]) if word in REASONS else ""


def holiday(rule: Holiday) -> str:
    """This function will say what happens when a date is no working day."""
    return str(HOLIDAY_LABELS[rule])


def rhythm(one: Rhythm) -> str:
    """This function will say how often, and on which day."""
    start, several = one.starts_on, one.every > 1
    figures = {"every": one.every, "day": start.day, "weekday": weekday(start), "date": _day_of_year(start)}
    match one.unit:
        case Unit.ONCE:
            return _("Once, on %(day)s") % {"day": _day(start)}
        case Unit.DAY:
            return (_("Every %(every)s days") if several else _("Every day")) % figures
        case Unit.WEEK:
            said = _("Every %(every)s weeks on %(weekday)s") if several else _("Every week on %(weekday)s")
            return said % figures
        case Unit.MONTH if one.last_day:
            said = _("Every %(every)s months on the last day") if several else _("On the last day of every month")
            return said % figures
        case Unit.MONTH:
            said = _("Every %(every)s months on day %(day)s") if several else _("Every month on day %(day)s")
        case Unit.YEAR:
            said = _("Every %(every)s years on %(date)s") if several else _("Every year on %(date)s")
    return _with_missing(one, said % figures)


def _with_missing(one: Rhythm, said: str) -> str:
    """Say on which day it is instead, where a month or a year has no such day."""
    if one.unit is Unit.YEAR and (one.starts_on.month, one.starts_on.day) == LEAP_DAY:
        return _("%(rhythm)s, in years without it on 28 February") % {"rhythm": said}
    if one.unit is Unit.MONTH and one.starts_on.day > SHORTEST_MONTH:
        return _("%(rhythm)s, or on the last day where a month is shorter") % {"rhythm": said}
    return said


def ending(*, until: date | None, count: int | None, total: Money | None) -> str:
    """This function will say when it ends."""
    if until is not None:
        return _("Until %(day)s at the latest") % {"day": _day(until)}
    if count is not None:
        return ngettext("After %(count)s payment", "After %(count)s payments", count) % {"count": count}
    if total is not None:
        return _("When %(total)s has been paid; the last payment is the rest") % {
            "total": formats.amount(total.decimal, total.currency)
        }
    return _("When you end it")


def _day(value: date) -> str:
    return formats.day(value, get_language())


def _day_of_year(value: date) -> str:
    if formats.is_chinese(get_language()):
        return f"{value.month}月{value.day}日"
    return f"{value.day} {formats.MONTHS[value.month - 1]}"


def notice(days: int) -> str:
    """This function will say how long before a payment its payer is told."""
    if not days:
        return _("No, only afterwards")
    return ngettext("%(days)s day before", "%(days)s days before", days) % {"days": days}


def account(one: HeldAccount) -> str:
    """This function will name an account of the reader's among others."""
    return f"{one.nickname or _('Demand account')} · {grouped(one.number)}"


def ending_of(terms: Terms, currency: str) -> str:
    """This function will say when an order of these terms ends."""
    total = Money(terms.total, currency) if terms.total is not None else None
    return ending(until=terms.until, count=terms.count, total=total)


def weekday(day: date) -> str:
    """This function will name the day of the week."""
    return _(WEEKDAYS[day.weekday()])


def rhythm_word(one: Rhythm) -> str:
    """This function will name a rhythm as the form offers it."""
    if one.unit is Unit.MONTH:
        if one.last_day:
            return "month_end"
        return {1: "monthly", 3: "quarterly", 6: "half_yearly"}.get(one.every, "monthly")
    return {Unit.ONCE: "once", Unit.DAY: "daily", Unit.WEEK: "weekly", Unit.YEAR: "yearly"}[one.unit]
