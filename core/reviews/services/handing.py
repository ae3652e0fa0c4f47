"""Whose turn it is: the desk gives cases out by load and skill, and colleagues hand theirs over."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from core import audit, outbox
from core.reviews import doors
from core.reviews.errors import Away, Closed, Expired, HeldByAnother, NoRole, NotALead, NoteMissing, Refused
from core.reviews.models import Case, Event, StaffSkill
from core.reviews.rules import Act, State
from core.reviews.services.guards import (
    alerted,
    away,
    locked,
    may_take_step,
    room_for,
    whois,
)
from core.reviews.services.moves import move, only_worker, save, trail
from core.reviews.services.moves import note as line
from core.reviews.services.people import Colleague, kinds_for, kinds_led, most_open, roles_of, team
from core.reviews.subject import Person, kinds, subject_of

HANDED_OVER = "reviews.handed_over"
WORKER = "system: review desk"
FREE = [State.OPEN.value, State.WAITING.value]
AT_ONCE = 200  # cases given out or handed over in one transaction


@dataclass(frozen=True)
class Handed:
    """What became of one case: it went to the colleague, or back for everybody and then why not to them."""

    case: Case
    given: bool
    why: Refused | None = None


@dataclass(frozen=True)
class HandedOver:
    """What became of a colleague's cases, one by one."""

    items: tuple[Handed, ...] = ()

    @property
    def given(self) -> int:
        """How many the other person got."""
        return sum(item.given for item in self.items)

    @property
    def back(self) -> int:
        """How many went back for everybody."""
        return len(self.items) - self.given


@alerted
def hand_over(*, public_id: uuid.UUID, user: Person, to: Person, note: str, now: datetime) -> Case:
    """This function will give a case to a colleague with a note, and tell them.

    Who holds it or whose turn it is hands it over, or a lead. The colleague must be here, have room, and be allowed to
    decide it. Starts a transaction, locks the case, records the fact `reviews.handed_over`.
    Raises UnknownCase, HeldByAnother, NoteMissing, Away, DeskFull, Closed and what `claim` raises about the colleague;
    a conflict of the colleague is refused like any other.
    """
    with transaction.atomic(durable=True):
        case, roles = locked(public_id, user)
        owner = case.holder or case.assignee
        if (owner is None or owner.pk != user.pk) and case.subject not in kinds_led(roles):
            raise HeldByAnother(owner) if owner else NotALead
        if not note.strip():
            raise NoteMissing
        _may_be_given(case, whois(to, roles_of(to)), now)
        _give(case, to, by=user, text=note.strip(), now=now)
        _tell(case, to, by=user, text=note.strip(), now=now)
    return case


def hand_over_queue(
    *,
    person: Person,
    by: Person,
    to: Person | None,
    note: str,
    now: datetime,
    only: Collection[uuid.UUID] | None = None,
) -> HandedOver:
    """This function will hand over everything a person has on their desk, to a colleague or back for everybody.

    `only` names the cases that were shown beforehand; what has left the desk since is left alone, what has come since
    stays. The person does it themselves, or a lead of every kind of case among them. What the colleague may not decide,
    or has no room for, goes back for everybody. All or nothing, at most AT_ONCE cases. Starts a transaction.
    Raises NotALead, NoteMissing, Away.
    """
    if not note.strip():
        raise NoteMissing
    if to is not None and away(to, now=now):
        raise Away
    items: list[Handed] = []
    with transaction.atomic(durable=True):
        on_desk = Case.objects.select_for_update().filter(_on_desk_of(person), closed_at__isnull=True)
        if only is not None:
            on_desk = on_desk.filter(public_id__in=list(only))
        cases = list(on_desk.order_by("id")[:AT_ONCE])
        if by.pk != person.pk and {case.subject for case in cases} - set(kinds_led(roles_of(by))):
            raise NotALead
        who = None if to is None else whois(to, roles_of(to))
        for case in cases:
            why = None if who is None else _why_not(case, who, now)
            given = who is not None and why is None
            _give(case, to if given else None, by=by, text=note.strip(), now=now)
            items.append(Handed(case, given, why))
        done = HandedOver(tuple(items))
        if cases:
            audit.record(
                act="reviews.queue_handed_over",
                subject=f"reviews.desk:{person.pk}",
                actor=by,
                after={
                    "from": str(person),
                    "to": str(to) if to else None,
                    "given": [item.case.number for item in items if item.given],
                    "back": [item.case.number for item in items if not item.given],
                },
                reason=note.strip(),
                now=now,
            )
        if done.given and to is not None:
            first = next(item.case for item in items if item.given)
            _tell(first, to, by=by, text=note.strip(), now=now, count=done.given)
    return done


def assign(*, now: datetime) -> int:
    """This function will give the cases nobody has to the people who have fewest, and answer how many it gave.

    By role, skill and conflict, to people who are here, up to the limit for one person; what belongs to somebody absent
    is given anew. One worker at a time; at most AT_ONCE cases in its transaction.
    """
    with transaction.atomic():
        if not only_worker("reviews.assign"):
            return 0
        people = _on_duty(now)
        free = Case.objects.filter(state__in=FREE)
        waiting = list(
            free.exclude(assignee__in=list(people.here))
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_at", "id")[:AT_ONCE]
        )
        given = 0
        for case in waiting:
            chosen = people.choose(case)
            if chosen is None or chosen.user.pk == case.assignee_id:
                continue
            case.assignee = chosen.user
            save(case)
            line(case, Event.Kind.ASSIGNED, None, now, person=chosen.user)
            trail(case, "assigned", WORKER, now, after={"assignee": str(chosen.user)})
            people.load[chosen.user.pk] += 1
            given += 1
    return given


@dataclass
class _Duty:
    """Who is at work, and how much each has on their desk."""

    here: dict[int, Colleague]
    load: dict[int, int]
    today: dict[int, int]  # cases given in the last day: of two equally loaded people it is the other's turn
    most: int

    def choose(self, case: Case) -> Colleague | None:
        """Pick the least loaded person who may decide a case; None when nobody may or everybody is full."""
        seeing = set(subject_of(case.subject).roles)
        able = [
            who
            for pk, who in self.here.items()
            if who.roles & set(case.needs)
            and who.roles & seeing
            and not set(case.skills) - who.skills
            and self.load[pk] < self.most
        ]
        for who in sorted(able, key=lambda who: (self.load[who.user.pk], self.today[who.user.pk], who.user.pk)):
            try:
                may_take_step(case, who)
            except Refused:
                continue
            self.today[who.user.pk] += 1
            return who
        return None


def _on_duty(now: datetime) -> _Duty:
    everybody = team({role for kind in kinds() for role in subject_of(kind).roles})
    gone = doors.absent(list(everybody), now=now)
    present = {pk: found for pk, found in everybody.items() if pk not in gone}
    skills: dict[int, set[str]] = {pk: set() for pk in present}
    for pk, code in StaffSkill.objects.filter(person__in=list(present)).values_list("person_id", "skill__code"):
        skills[pk].add(code)
    here = {}
    for pk, (user, roles) in present.items():
        people = doors.same_person(user)
        here[pk] = Colleague(user, roles, frozenset(skills[pk]), people, doors.parties_of(people))
    load = dict.fromkeys(here, 0)
    held = Case.objects.filter(state=State.CLAIMED, holder__in=list(here)).values_list("holder_id")
    due = Case.objects.filter(state__in=FREE, assignee__in=list(here)).values_list("assignee_id")
    for counted in (held, due):
        for pk, number in counted.annotate(number=Count("id")):
            load[pk] += number
    today = dict.fromkeys(here, 0)
    lately = Event.objects.filter(kind=Event.Kind.ASSIGNED, at__gt=now - timedelta(days=1), person__in=list(here))
    for pk, number in lately.values_list("person_id").annotate(number=Count("id")):
        today[pk] += number
    return _Duty(here=here, load=load, today=today, most=most_open(now))


def _on_desk_of(person: Person) -> Q:
    return Q(holder=person) | Q(assignee=person)


def _may_be_given(case: Case, who: Colleague, now: datetime) -> None:
    if case.is_closed:
        raise Closed
    if case.expires_at is not None and now >= case.expires_at:
        raise Expired
    if away(who.user, now=now):
        raise Away
    if case.subject not in kinds_for(who.roles):
        raise NoRole
    may_take_step(case, who)
    if who.user.pk not in {case.holder_id, case.assignee_id}:
        room_for(who.user, now=now)


def _why_not(case: Case, who: Colleague, now: datetime) -> Refused | None:
    try:
        _may_be_given(case, who, now)
    except Refused as error:
        return error
    return None


def _give(case: Case, to: Person | None, *, by: Person, text: str, now: datetime) -> None:
    """Put a locked case before a colleague, or back for everybody; what is asked of the customer stays asked."""
    before = {"state": case.state, "owner": str(case.holder or case.assignee or "")}
    if case.state == State.CLAIMED:
        move(case, Act.RELEASE)
    case.holder = case.claimed_at = None
    case.assignee = to
    save(case)
    line(case, Event.Kind.HANDED_OVER if to else Event.Kind.RELEASED, by, now, person=to, text=text)
    trail(case, "handed_over" if to else "released", by, now, before=before,
          after={"state": case.state, "owner": str(to or "")}, reason=text)  # fmt: skip


def _tell(case: Case, to: Person, *, by: Person, text: str, now: datetime, count: int = 1) -> None:
    outbox.record(
        kind=HANDED_OVER,
        payload={"case": str(case.public_id), "number": case.number, "to": to.pk, "by": str(by), "note": text,
                 "count": count, "at": now.isoformat()},
        owner=case,
        now=now,
    )  # fmt: skip
