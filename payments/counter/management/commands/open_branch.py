"""Sets up a branch with a counter, its tills, and who works there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import District, User
from ledger.money import UnknownCurrency
from payments.counter.denominations import FACES
from payments.counter.refusals import HasTill
from payments.counter.services import branches

ACTOR = "system: open_branch"


class Command(BaseCommand):
    help = (
        "Open a branch with a vault and tills; a repeat adds what is missing. Cash comes into the vault by a booking "
        "of two people, from cash:CNY to vault:CODE:CNY."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="short and for ever, for example SH01")
        parser.add_argument("--name", required=True, help="in Chinese")
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--tills", type=int, default=1)
        parser.add_argument("--district", default="", help="code of the district whose accounts it is compared with")
        parser.add_argument("--currency", default="CNY", choices=sorted(FACES))
        parser.add_argument("--place", action="append", default=[], metavar="NUMBER", help="employee who works there")

    def handle(self, *args: Any, **options: Any) -> None:
        now, district = timezone.now(), None
        if options["district"]:
            district = District.objects.filter(code=options["district"]).first()
            if district is None:
                raise CommandError(f"There is no district {options['district']}. Nothing was changed.")
        people = list(User.objects.filter(employee_number__in=options["place"], is_staff=True, is_active=True))
        if missing := set(options["place"]) - {person.employee_number for person in people}:
            raise CommandError(f"Nobody here has the number {', '.join(sorted(missing))}. Nothing was changed.")
        try:
            branch = branches.open_branch(
                code=options["code"],
                name=options["name"],
                name_en=options["name_en"],
                currency=options["currency"],
                tills=options["tills"],
                district=district,
                actor=ACTOR,
                now=now,
            )
            for person in people:
                branches.place(user=person, branch=branch, actor=ACTOR, now=now)
        except UnknownCurrency as error:
            raise CommandError(f"The currency {error} is unknown. Nothing was changed.") from error
        except HasTill as error:
            raise CommandError("Somebody still has a till in hand elsewhere; they close it first.") from error
        self.stdout.write(f"{branch.code}: {branch.tills.count()} tills, {branch.places.count()} colleagues")
