"""What may have to be done in an emergency, as portal/rights.py says it. Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Duty:
    """What may have to be done when nobody is there who may."""

    label: str | Promise
    lends: frozenset[Role]  # whose reading rights
    taken_by: frozenset[Role]
    told: frozenset[Role]  # at once
    reviewed_by: tuple[str, ...]  # roles, afterwards
