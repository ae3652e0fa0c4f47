import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ledger.calendar import business_date
from payments.exchange import reporting, words


class Command(BaseCommand):
    help = "Show the bank's open currency positions, what they stand for in the books and what they are worth."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs; amounts in minor units")

    def handle(self, *args: Any, **options: Any) -> None:
        found = reporting.open_positions(on=business_date(timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps([_plain(one) for one in found]))
            return
        if not found:
            self.stdout.write("No currency was exchanged yet.")
        for one in found:
            self.stdout.write(
                f"{one.held!s:>24}  in the books {one.counter!s:>22}  "
                + (
                    f"worth {one.worth!s:>22}  not yet booked {one.result!s:>18}  "
                    f"({words.digits(one.rate)} of {one.rate_day})"
                    if one.rate is not None
                    else "no rate: not valued"
                )
            )


def _plain(one: reporting.Open) -> dict[str, Any]:
    return {
        "currency": one.held.currency,
        "position": one.held.minor,
        "books": one.counter.minor,
        "worth": one.worth.minor if one.worth is not None else None,
        "result": one.result.minor if one.result is not None else None,
        "rate": str(one.rate) if one.rate is not None else None,
        "rate_day": str(one.rate_day) if one.rate_day is not None else None,
    }
