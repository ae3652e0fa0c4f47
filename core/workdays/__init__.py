"""Working days: Monday to Friday, less the public holidays, with the weekends that make up for them.

    from core import workdays
    workdays.works_on(day)               # is it a working day?
    workdays.first_from(day)             # this day, or the next one that is worked
    workdays.last_until(day)             # this day, or the one before it that is worked
    workdays.after(day, days=5)          # the fifth working day after a day; a due date
    workdays.covers(2027)                # is this year's notice known?

What is promised:

- The State Council announces a year's holidays late in the year before. The release brings every year since 2007
  (data/holidays_cn.csv, with its source); a newer year, or one that was changed in its course, is brought in with
  `manage.py load_workdays FILE` and counts in every process within days.KEEP seconds. No release is needed.
- A year that nobody has announced yet is worked from Monday to Friday. Nothing is guessed: `covers` says so, the desk's
  figures say so, and `manage.py check --database default` warns from `workdays.notice_days` days before the year's end.
- A due date that was promised is not moved when a year becomes known: it stands with the matter it was promised for.
  What is asked anew is answered by the newest notice.
- What is loaded is kept for good with its source and its time; a later file for the same year takes its place.

Days only: the hours at which somebody works belong to whoever works them (core.reviews.worktime).
"""

from core.workdays.days import after, calendar, covers, first_from, forget, last_until, works_on
from core.workdays.rules import Calendar

__all__ = ["Calendar", "after", "calendar", "covers", "first_from", "forget", "last_until", "works_on"]
