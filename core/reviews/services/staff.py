"""What the desk knows about its own people: skills, and whom they are close to. Every change is audited."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from core import audit
from core.reviews import doors
from core.reviews.errors import NotALead, Refused, UnknownCase
from core.reviews.models import Relation, Skill, StaffSkill
from core.reviews.services.people import kinds_led, roles_of
from core.reviews.subject import Person


class UnknownParty(Refused):
    """Nobody is known by what was typed."""


def add_skill(*, code: str, name_en: str, name_zh: str, by: Person, now: datetime) -> Skill:
    """This function will put a skill on the desk's list; a repeat is answered with the one there is.

    Starts a transaction. Only a lead does this. Raises NotALead.
    """
    if not kinds_led(roles_of(by)):
        raise NotALead
    with transaction.atomic(durable=True):
        skill, added = Skill.objects.get_or_create(code=code, defaults={"name_en": name_en, "name_zh": name_zh})
        if added:
            audit.record(
                act="reviews.skill_added",
                subject=f"reviews.skill:{code}",
                actor=by,
                after={"name_en": name_en, "name_zh": name_zh},
                now=now,
            )
    return skill


def set_skills(*, person: Person, codes: Collection[str], by: Person, now: datetime) -> frozenset[str]:
    """This function will make a colleague's skills exactly these, and answer those that were added or taken.

    Starts a transaction. Only a lead does this, and not for themselves. Raises NotALead.
    """
    if not kinds_led(roles_of(by)) or by.pk in doors.same_person(person):
        raise NotALead
    with transaction.atomic(durable=True):
        held = dict(StaffSkill.objects.filter(person=person).values_list("skill__code", "pk"))
        wanted = {skill.code: skill for skill in Skill.objects.filter(code__in=list(codes))}
        changed = frozenset(held.keys() ^ wanted.keys())
        StaffSkill.objects.filter(pk__in=[pk for code, pk in held.items() if code not in wanted]).delete()
        StaffSkill.objects.bulk_create(
            [
                StaffSkill(person=person, skill=skill, given_by=by, given_at=now)
                for code, skill in wanted.items()
                if code not in held
            ],
            ignore_conflicts=True,
        )
        if changed:
            audit.record(
                act="reviews.skills_changed",
                subject=person,
                actor=by,
                before={"skills": sorted(held)},
                after={"skills": sorted(wanted)},
                now=now,
            )
    return changed


def declare_relation(*, person: Person, kind: str, who: str, by: Person, now: datetime) -> Relation:
    """This function will note that somebody on the desk is close to a person the bank serves.

    Everybody declares their own; a lead declares a colleague's too. `who` is an e-mail or the number of a document;
    neither is kept. A repeat is answered with the relation there is. Starts a transaction.
    Raises NotALead, UnknownParty.
    """
    if by.pk != person.pk and not kinds_led(roles_of(by)):
        raise NotALead
    party = doors.party_named(who)
    if party is None:
        raise UnknownParty
    with transaction.atomic(durable=True):
        known = Relation.objects.filter(person=person, kind=kind, ended_at__isnull=True, parties__overlap=party.keys)
        found = known.first()
        if found is not None:
            return found
        relation = Relation.objects.create(
            person=person,
            kind=Relation.Kind(kind),
            parties=list(party.keys),
            shown=party.shown,
            declared_by=by,
            declared_at=now,
        )
        audit.record(
            act="reviews.relation_declared",
            subject=relation,
            actor=by,
            after={"colleague": str(person), "relation": kind, "person": party.shown},
            now=now,
        )
    return relation


def end_relation(*, public_id: uuid.UUID, by: Person, now: datetime) -> Relation:
    """This function will note that a relation has ended. Only a lead does this, and not for themselves.

    Starts a transaction. A repeat changes nothing. Raises UnknownCase where there is no such relation, NotALead.
    """
    with transaction.atomic(durable=True):
        relation = Relation.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
        if relation is None:
            raise UnknownCase
        if not kinds_led(roles_of(by)) or relation.person_id in doors.same_person(by):
            raise NotALead
        if relation.ended_at is None:
            relation.ended_at, relation.ended_by = now, by
            relation.save(update_fields=["ended_at", "ended_by"])
            audit.record(
                act="reviews.relation_ended",
                subject=relation,
                actor=by,
                before={"colleague": str(relation.person), "relation": relation.kind, "person": relation.shown},
                now=now,
            )
    return relation
