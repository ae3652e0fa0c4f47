"""manage.py connect_sign_in CLIENT_REF EMAIL: let somebody who came with another bank's history sign in."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer
from accounts.services import SignInTaken, connect_sign_in
from portal.demo import people


class Command(BaseCommand):
    help = (
        "Give a customer who was brought over a way to sign in. The person then sets a password with a code that is "
        "sent to the e-mail; on the demo bank --demo-password sets the demo people's password at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="the customer's reference, such as berka:1")
        parser.add_argument("email", help="the e-mail to sign in with, known to be the customer's")
        parser.add_argument(
            "--demo-password", action="store_true", help="demo bank only: set the password of the demo people"
        )

    def handle(self, *args: Any, reference: str, email: str, demo_password: bool, **options: Any) -> None:
        if demo_password and not settings.DEMO:
            raise CommandError("--demo-password is for the demo bank alone; leave it out and the person gets a code")
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is not an e-mail address") from None
        customer = Customer.objects.filter(external_ref=reference).first()
        if customer is None:
            raise CommandError(f"no customer has the reference {reference!r}; it is the source and the number: berka:1")
        try:
            with transaction.atomic():
                signing = connect_sign_in(
                    customer=customer, email=email, actor="system: connect_sign_in", now=timezone.now()
                )
                if demo_password and signing.created:
                    signing.user.set_password(people.PASSWORD)
                    signing.user.save(update_fields=["password"])
        except SignInTaken as error:
            raise CommandError(f"nothing was changed: {error}") from error
        self.stdout.write(f"{customer.legal_name} ({reference}) signs in as {signing.user.email}.")
        if demo_password and signing.created:
            self.stdout.write(f"Password on the demo bank: {people.PASSWORD}")
        elif not signing.user.has_usable_password():
            self.stdout.write(
                f"To set a password the person opens {reverse('account_reset_password')}, enters that e-mail and gets "
                "a code by mail."
            )
