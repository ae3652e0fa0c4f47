"""What is asked about colleagues."""

import unicodedata
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access.forms.entrance import PasswordField
from accounts.models import User
from accounts.roles import LABELS, Role
from accounts.staff import persons
from accounts.staff.changes import GIVE, TAKE
from core.changes.kinds import Payload
from core.ui.forms import DateField, NameField, PortalForm, TextField

ROLES = [(role.value, LABELS[role]) for role in Role]
_number = RegexValidator(
    r"^[A-Z0-9][A-Z0-9-]{2,19}$", gettext_lazy("An employee number has 3 to 20 letters, digits or dashes")
)


class EmployeeNumberField(TextField):
    """An employee number, written the one way in which numbers are compared."""

    def to_python(self, value: Any) -> str:
        return persons.normal(super().to_python(value) or "")


class EmailField(forms.EmailField):
    """An e-mail address of the bank's own, as people type it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("E-mail address"))
        super().__init__(max_length=254, **kwargs)
        self.error_messages["invalid"] = gettext_lazy("An e-mail address looks like name@example.com")

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
        return (super().to_python(text) or "").lower()


class Reason(forms.CharField):
    """Why something is done about a colleague."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Reason"))
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, **kwargs)


class InviteForm(PortalForm):
    """A new colleague."""

    full_name = NameField(label=gettext_lazy("Name"), help_text=gettext_lazy("As colleagues know them."))
    email = EmailField(help_text=gettext_lazy("The address at the bank. The link goes there."))
    employee_number = EmployeeNumberField(
        label=gettext_lazy("Employee number"),
        help_text=gettext_lazy("Belongs to one person and one account."),
        validators=[_number],
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        help_text=gettext_lazy("Each one is decided on by other people before it counts."),
        choices=ROLES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = Reason(help_text=gettext_lazy("For whoever decides on the roles, and for auditors."))


class WelcomeForm(PortalForm):
    """The first password of a new colleague."""

    password = PasswordField(new=True, label=gettext_lazy("Password"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _(
            "At least 12 characters. A sentence is easier to keep in mind than a word."
        )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class RoleForm(PortalForm):
    """A role that somebody should get or no longer hold."""

    user = forms.ChoiceField(label=gettext_lazy("Colleague"))
    act = forms.ChoiceField(
        label=gettext_lazy("What should happen"),
        choices=[(GIVE, gettext_lazy("Give the role")), (TAKE, gettext_lazy("Take the role away"))],
        widget=forms.RadioSelect,
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        people = (
            User.objects.filter(is_staff=True, departure=None).exclude(pk=user.pk).order_by("employee_number", "pk")
        )
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a colleague")),
            *((str(one.public_id), f"{one.employee_number or '–'} {one.full_name or one.email}") for one in people),
        ]
        self.initial.setdefault("act", GIVE)

    def payload(self) -> Payload:
        return {name: self.cleaned_data[name] for name in ("user", "role", "act")}


class LeaveForm(PortalForm):
    """Days on which somebody is away."""

    starts_on = DateField(label=gettext_lazy("First day away"))
    ends_on = DateField(label=gettext_lazy("Last day away"))
    deputy = forms.ChoiceField(label=gettext_lazy("Deputy"), required=False)

    def __init__(self, *args: Any, colleague: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_staff=True, is_active=True).exclude(pk=colleague.pk).order_by("employee_number")
        self.people = {str(one.public_id): one for one in people}
        self.fields["deputy"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((key, f"{one.employee_number or '–'} {one.full_name or one.email}") for key, one in self.people.items()),
        ]
        self.initial.setdefault("starts_on", timezone.localdate(now))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", ValidationError(_("The last day lies before the first"), code="order"))
        cleaned["deputy"] = self.people.get(cleaned.get("deputy") or "")
        return cleaned


class DepartureForm(PortalForm):
    """Why somebody is shut out."""

    reason = Reason(help_text=gettext_lazy("For auditors."), error_messages={"required": gettext_lazy("Write why")})


class ConfirmForm(PortalForm):
    """A manager's word about the list of roles: what they read, what they strike out, and a note."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    take = forms.MultipleChoiceField(required=False)
    note = Reason(label=gettext_lazy("Note"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_staff=True).values_list("public_id", flat=True)
        self.fields["take"].choices = [  # type: ignore[attr-defined]
            (f"{public_id}:{role}", role) for public_id in people for role, _label in ROLES
        ]

    def clean_take(self) -> list[tuple[str, str]]:
        pairs = (key.partition(":") for key in self.cleaned_data["take"])
        return [(public_id, role) for public_id, _colon, role in pairs]
