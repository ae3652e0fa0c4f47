"""Applications for verification as staff may look them up; they are decided on the review desk alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import LookOnly
from accounts.identity.models import Verification
from accounts.identity.numbers import short_mask


@admin.register(Verification)
class VerificationAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    list_display = ("legal_name", "masked", "state", "submitted_at", "decided_at")
    list_filter = ("state",)
    ordering = ("-id",)
    search_fields = ("legal_name__startswith",)
    search_help_text = _("The beginning of a legal name")
    fields = (
        "public_id", "legal_name", "document_kind", "masked", "state", "submitted_at", "promised_by", "decided_at",
        "decline_reasons",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("document number"))
    def masked(self, verification: Verification) -> str:
        return short_mask(verification.number)
