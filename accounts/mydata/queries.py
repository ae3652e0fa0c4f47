"""Reading what a person did about their data, always through their owner."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Customer, User
from accounts.mydata.models import Closing, Correction, Disclosure, Export, ExportFile
from accounts.roles import LABELS, Role

SHOWN = 10  # of a history on a page; all of it stands on the page of one's data and in copies


def staff_role_label(role: str) -> str:
    """This function will say to a customer who looked: the role, never the name."""
    return str(LABELS[Role(role)]) if role in {known.value for known in Role} else _("Somebody at the bank")


def exports_of(customer: Customer) -> list[Export]:
    """This function will list a customer's latest copies, newest first."""
    return list(Export.objects.filter(customer=customer).order_by("-asked_at", "-id")[:SHOWN])


def export_of(customer: Customer, public_id: uuid.UUID) -> Export | None:
    """This function will find one copy of a customer; another's does not exist."""
    return Export.objects.filter(customer=customer, public_id=public_id).first()


def files_of(export: Export) -> list[ExportFile]:
    """This function will list the files of a copy: the one to read first."""
    found = {file.kind: file for file in ExportFile.objects.filter(export=export)}
    return [
        found[kind] for kind in (ExportFile.Kind.PDF, ExportFile.Kind.JSON, ExportFile.Kind.TABLES) if kind in found
    ]


def file_of(customer: Customer, public_id: uuid.UUID, kind: str, *, now: datetime) -> ExportFile | None:
    """This function will find a file that can still be downloaded: its owner's, ready, and not too old."""
    return (
        ExportFile.objects.select_related("export")
        .filter(
            export__customer=customer,
            export__public_id=public_id,
            export__state=Export.State.READY,
            export__expires_at__gt=now,
            kind=kind,
        )
        .first()
    )


def customer_by_id(public_id: uuid.UUID) -> Customer | None:
    """This function will find any customer, for staff whose role was asked before."""
    return Customer.objects.select_related("user").filter(public_id=public_id).first()


def disclosures_of(customer: Customer) -> list[Disclosure]:
    """This function will list who looked at what of a customer, newest first."""
    return list(Disclosure.objects.filter(customer=customer).order_by("-at", "-id")[:100])


def corrections_of(customer: Customer) -> list[Correction]:
    """This function will list what a customer asked to have corrected, newest first."""
    return list(Correction.objects.filter(customer=customer).order_by("-asked_at", "-id")[:SHOWN])


def closing_of(customer: Customer) -> Closing | None:
    """This function will find the end of the relationship that was asked for last."""
    return Closing.objects.filter(customer=customer).order_by("-asked_at", "-id").first()


def sign_in_has_ended(*, user: User) -> bool:
    """This function will say whether a former customer's time to read is over; a colleague still works here."""
    return not user.is_staff and Closing.objects.filter(customer__user=user, sign_in_ended_at__isnull=False).exists()
