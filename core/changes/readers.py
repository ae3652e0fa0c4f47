"""Who depends on which policy figures: told to whoever changes one. Named on the wiring board."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from core.reviews.subject import Text


@dataclass(frozen=True)
class Reader:
    """Who depends on the figures whose keys begin with `prefix`."""

    prefix: str
    who: Text


def readers_of(key: str) -> list[Text]:
    """This function will say who depends on a figure (`settings.POLICY_READERS`), the closest description first."""
    known: tuple[Reader, ...] = import_string(settings.POLICY_READERS)
    found = [reader for reader in known if key == reader.prefix or key.startswith(f"{reader.prefix}.")]
    return [reader.who for reader in sorted(found, key=lambda reader: -len(reader.prefix))]
