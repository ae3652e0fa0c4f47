"""What is kept of the person, how to reach them, and what they decided about their data (accounts.personal)."""

from collections.abc import Iterator, Sequence

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from accounts.models import Customer, PastContact
from accounts.mydata import automated
from accounts.mydata.models import Closing, Consent, Correction, Disclosure, Export, PersonWanted
from accounts.mydata.queries import staff_role_label
from accounts.personal import Coded, Column, Section, Value


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will show who a customer is, how they are reached, and what they decided about their data."""
    return [*_person(customer), *_contact(customer), *_choices(customer)]


def _person(customer: Customer) -> list[Section]:
    at = "accounts.Customer."
    return [
        Section(
            key="person",
            group="person",
            title=_("About you"),
            single=True,
            columns=[
                Column("customer_id", _("Customer number"), f"{at}public_id"),
                Column("legal_name", _("Legal name"), f"{at}legal_name"),
                Column("name_is_generated", _("Name was made up on import"), f"{at}name_is_generated"),
                Column("born_on", _("Date of birth"), f"{at}born_on"),
                Column("sex", _("Sex"), f"{at}sex"),
                Column("district", _("District"), f"{at}district"),
                Column("standing", _("Standing"), f"{at}standing"),
                Column("verified_at", _("Verified"), f"{at}verified_at"),
                Column("former_reference", _("Reference in your former bank"), f"{at}external_ref"),
                Column("since", _("Customer since"), f"{at}created_at"),
            ],
            rows=lambda: [
                (
                    str(customer.public_id),
                    customer.legal_name,
                    customer.name_is_generated,
                    customer.born_on,
                    Coded(customer.sex, customer.get_sex_display()) if customer.sex else None,
                    customer.district.name if customer.district else "",
                    Coded(customer.standing, customer.get_standing_display()),
                    customer.verified_at,
                    customer.external_ref or "",
                    customer.created_at,
                )
            ],
        )
    ]


def _contact(customer: Customer) -> list[Section]:
    at, mail = "accounts.User.", "account.EmailAddress."
    return [
        Section(
            key="sign_in",
            group="contact",
            title=_("How you sign in and are reached"),
            single=True,
            columns=[
                Column("sign_in_id", _("Number of your sign-in"), f"{at}public_id"),
                Column("email", _("E-mail"), f"{at}email"),
                Column("phone", _("Mobile number"), f"{at}phone_sealed"),
                Column("phone_confirmed_at", _("Mobile number confirmed"), f"{at}phone_verified_at"),
                Column("name", _("Name"), f"{at}full_name"),
                Column("language", _("Language"), f"{at}language"),
                Column("joined_at", _("Registered"), f"{at}date_joined"),
                Column("last_sign_in_at", _("Last sign-in"), f"{at}last_login"),
                Column("active", _("Can sign in"), f"{at}is_active"),
            ],
            rows=lambda: _sign_in(customer),
        ),
        Section(
            key="email_addresses",
            group="contact",
            title=_("E-mail addresses"),
            columns=[
                Column("email", _("E-mail"), f"{mail}email"),
                Column("confirmed", _("Confirmed"), f"{mail}verified"),
                Column("first_choice", _("First choice"), f"{mail}primary"),
            ],
            rows=lambda: (
                EmailAddress.objects.filter(user_id=customer.user_id)
                .order_by("id")
                .values_list("email", "verified", "primary")
            ),
        ),
        Section(
            key="former_contacts",
            group="contact",
            title=_("Former addresses and numbers"),
            columns=[
                Column("kind", _("Method"), "accounts.PastContact.kind"),
                Column("contact", _("Address or number"), "accounts.PastContact.sealed"),
                Column("replaced_at", _("Replaced"), "accounts.PastContact.replaced_at"),
            ],
            rows=lambda: (
                (one.kind, one.contact.shown, one.replaced_at)
                for one in PastContact.objects.filter(user=customer.user).order_by("-replaced_at", "-id")
            ),
        ),
    ]


def _sign_in(customer: Customer) -> Iterator[Sequence[Value]]:
    user = customer.user
    if user is not None:
        yield (
            str(user.public_id),
            user.email or "",
            user.phone.shown if user.phone else "",
            user.phone_verified_at,
            user.full_name,
            user.language,
            user.date_joined,
            user.last_login,
            user.is_active,
        )


def _choices(customer: Customer) -> list[Section]:
    copy, correction, closing = "mydata.Export.", "mydata.Correction.", "mydata.Closing."
    wanted = "mydata.PersonWanted."
    return [
        Section(
            key="consents",
            group="choices",
            title=_("Consents"),
            columns=[
                Column("purpose", _("Purpose"), "mydata.ConsentText.purpose"),
                Column("version", _("Version of the text"), "mydata.ConsentText.version"),
                Column("text", _("Text"), "mydata.ConsentText.texts"),
                Column("given", _("Given"), "mydata.Consent.given"),
                Column("language", _("Read in"), "mydata.Consent.language"),
                Column("at", _("Time"), "mydata.Consent.at"),
            ],
            rows=lambda: (
                (
                    one.text.purpose,
                    one.text.version,
                    one.text.texts[one.language]["text"],
                    one.given,
                    one.language,
                    one.at,
                )
                for one in Consent.objects.filter(customer=customer).select_related("text").order_by("-at", "-id")
            ),
        ),
        Section(
            key="copies",
            group="choices",
            title=_("Copies you asked for"),
            columns=[
                Column("state", _("State"), f"{copy}state"),
                Column("language", _("Language"), f"{copy}language"),
                Column("asked_at", _("Asked for"), f"{copy}asked_at"),
                Column("ready_at", _("Ready"), f"{copy}ready_at"),
                Column("expires_at", _("Kept until"), f"{copy}expires_at"),
                Column("deleted_at", _("Deleted"), f"{copy}deleted_at"),
            ],
            rows=lambda: (
                (
                    Coded(one.state, one.get_state_display()),
                    one.language,
                    one.asked_at,
                    one.ready_at,
                    one.expires_at,
                    one.deleted_at,
                )
                for one in Export.objects.filter(customer=customer).order_by("-asked_at", "-id")
            ),
        ),
        Section(
            key="corrections",
            group="choices",
            title=_("Corrections you asked for"),
            columns=[
                Column("what", _("What"), f"{correction}what"),
                Column("state", _("State"), f"{correction}state"),
                Column("old", _("Until now"), f"{correction}old_sealed"),
                Column("new", _("As you say"), f"{correction}new_sealed"),
                Column("why", _("Why"), f"{correction}why"),
                Column("asked_at", _("Asked for"), f"{correction}asked_at"),
                Column("decided_at", _("Decided"), f"{correction}decided_at"),
            ],
            rows=lambda: (
                (
                    Coded(one.what, one.get_what_display()),
                    Coded(one.state, one.get_state_display()),
                    one.old,
                    one.new,
                    one.why,
                    one.asked_at,
                    one.decided_at,
                )
                for one in Correction.objects.filter(customer=customer).order_by("-asked_at", "-id")
            ),
        ),
        Section(
            key="persons_asked",
            group="choices",
            title=_("Decisions of a machine that a person looked at"),
            columns=[
                Column("what", _("What"), f"{wanted}decision"),
                Column("state", _("State"), f"{wanted}state"),
                Column("why", _("As you say"), f"{wanted}why"),
                Column("asked_at", _("Asked for"), f"{wanted}asked_at"),
                Column("promised_by", _("Answer promised by"), f"{wanted}promised_by"),
                Column("decided_at", _("Decided"), f"{wanted}decided_at"),
            ],
            rows=lambda: (
                (
                    Coded(one.decision, automated.BY_KEY[one.decision].title),
                    Coded(one.state, one.get_state_display()),
                    one.why,
                    one.asked_at,
                    one.promised_by,
                    one.decided_at,
                )
                for one in PersonWanted.objects.filter(customer=customer).order_by("-asked_at", "-id")
            ),
        ),
        Section(
            key="disclosures",
            group="choices",
            title=_("Who looked at my data"),
            note=_("Each time somebody at the bank opened something that is covered otherwise."),
            columns=[
                Column("at", _("Time"), "mydata.Disclosure.at"),
                Column("what", _("What was read"), "mydata.Disclosure.what"),
                Column("why", _("Why"), "mydata.Disclosure.why"),
                Column("role", _("By whom"), "mydata.Disclosure.role"),
            ],
            rows=lambda: (
                (
                    one.at,
                    Coded(one.what, one.get_what_display()),
                    Coded(one.why, one.get_why_display()),
                    Coded(one.role, staff_role_label(one.role)),
                )
                for one in Disclosure.objects.filter(customer=customer).order_by("-at", "-id")
            ),
        ),
        Section(
            key="closings",
            group="choices",
            title=_("The end of the relationship"),
            columns=[
                Column("state", _("State"), f"{closing}state"),
                Column("asked_at", _("Asked for"), f"{closing}asked_at"),
                Column("due_at", _("Due from"), f"{closing}due_at"),
                Column("ended_at", _("Ended"), f"{closing}ended_at"),
                Column("closed_on", _("Closed on"), f"{closing}closed_on"),
                Column("keep_until", _("Records kept until"), f"{closing}keep_until"),
                Column("reads_until", _("Can be read until"), f"{closing}reads_until"),
            ],
            rows=lambda: (
                (
                    Coded(one.state, one.get_state_display()),
                    one.asked_at,
                    one.due_at,
                    one.ended_at,
                    one.closed_on,
                    one.keep_until,
                    one.reads_until,
                )
                for one in Closing.objects.filter(customer=customer).order_by("-asked_at", "-id")
            ),
        ),
    ]
