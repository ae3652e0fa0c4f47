"""The pages about one's own data, one file for each journey."""

from accounts.mydata.views.automated import automated_page, person
from accounts.mydata.views.closing import certificate, closing_page, closing_take_back
from accounts.mydata.views.consents import consent, consents_page
from accounts.mydata.views.copies import copies, copy, copy_file, copy_state
from accounts.mydata.views.corrections import correct, corrections, nickname, take_back
from accounts.mydata.views.reading import looked, overview
from accounts.mydata.views.revealing import reveal
from accounts.mydata.views.watching import emergency_end, emergency_page, reason, takeout_file, takeout_page

__all__ = [
    "automated_page", "certificate", "closing_page", "closing_take_back", "consent", "consents_page", "copies", "copy",
    "copy_file", "copy_state", "correct", "corrections", "emergency_end", "emergency_page", "looked", "nickname",
    "overview", "person", "reason", "reveal", "take_back", "takeout_file", "takeout_page",
]  # fmt: skip
