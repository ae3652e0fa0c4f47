"""The way to the correspondent banks: the same form of file gateway as clearing's, with a folder of its own.

`out/abroad008-<number>.xml` is a pacs.008.001.08, beside it `.sig`, an HMAC-SHA256 with the key of clearing's direction
out; `out/camt056-<number>.xml` asks for the money of one (payments.recalls). From `in/` come pacs.002, pacs.004,
camt.029 and camt.053, signed with the key of clearing's direction in and the words of
`services.answers.DIRECTION`, so that no file of the clearing systems passes for one. Which class is used is named by
`settings.CROSSBORDER_GATEWAY`; an empty text means that nothing is sent abroad.
"""

from django.conf import settings
from django.utils.module_loading import import_string

from payments.clearing.gateway import FileGateway, Gateway


class CorrespondentFiles(FileGateway):
    """Hands signed files to whoever carries them to the correspondents, through a folder."""

    def __init__(self) -> None:
        super().__init__(settings.CROSSBORDER_DIR)


def chosen() -> Gateway | None:
    """This function will give the gateway of this installation; None where there is none."""
    if not settings.CROSSBORDER_GATEWAY:
        return None
    made: Gateway = import_string(settings.CROSSBORDER_GATEWAY)()
    return made
