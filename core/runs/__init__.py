"""Runs: the same declared steps, carried out once for each day, item by item, wherever they were interrupted.

    STEPS = ("room.module.STEP", …)                       # on the wiring board, in order
    STEP = Step(name="payments.due", label=_("…"), starts=…, items=…, do=…)

    engine.catch_up(name="end_of_day", clock=timezone.now)  # every open day, oldest first
    engine.advance(name="end_of_day", day=day, clock=timezone.now)

What is promised:

- A day is begun only when the day before it is done; each is done once. Days on which nothing ran are made up for, in
  order. A run is about its day, not about the clock: a step is handed the day, and what it does must follow from that.
- Steps go in the order of the board. A step begins when its time has come (`starts`) and all before it are done.
- Each item is carried out in one transaction together with the mark that it was, so that it happens once: whoever is
  killed in between has done nothing, and the next run goes on there. A step with `own_transactions` commits for itself;
  its items may be repeated after a kill and must then change nothing.
- A step with `do_many` carries out many items in one transaction, as `do` would one after the other and with the same
  result; who is killed in between has done none of them.
- An item that fails is undone, noted with its error, and tried again after 1, 2, 4 and 8 minutes; the others go on
  meanwhile. After the fifth try it is parked: the step can end without it, and staff see it and may try again, which
  opens its day anew. After a process died in the middle, each try is counted before it begins, so that an item at
  which every process dies for a quarter of an hour is parked too.
- One process at a time works on a run; another is told `Busy`. The lock is the server's and ends with its connection.
"""

from core.runs.steps import Declared, NotYet, Step, UnknownRun, declared, only_one

__all__ = ["Declared", "NotYet", "Step", "UnknownRun", "declared", "only_one"]
