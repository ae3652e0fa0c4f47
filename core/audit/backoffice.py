"""Makes every act in the back office leave a row in the trail.

The bank's admin site registers each class through `AuditedSite`, so a class cannot be forgotten: stock ones such as the
groups' are covered like our own. Django's LogEntry names the fields; the trail keeps what they were and became.
"""

import types
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.audit.services import name_of, record

HIDDEN = "•••"
SECRET_NAMES = ("password", "secret", "token", "code")
MOST_ITEMS = 100
LONGEST = 500


class AuditedModelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Records additions, changes and removals with their values, in the transaction that makes them."""

    audit_hidden: tuple[str, ...] = ()  # fields whose values stay out of the trail; names like "password" always do

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        names = form.changed_data if change else list(form.cleaned_data)
        before = {name: self._shown(name, form.initial.get(name)) for name in names} if change else None
        after = {name: self._shown(name, form.cleaned_data.get(name)) for name in names}
        for formset in formsets:
            after.update(_of_formset(formset))
        request._audit_values = (form.instance.pk, before, after)  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        with transaction.atomic():
            self._record(request, "added", obj)
            return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        with transaction.atomic():
            self._record(request, "changed", obj)
            return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        with transaction.atomic():
            for obj in queryset:
                record(act=f"admin.{obj._meta.model_name}.removed", subject=obj, actor=_person(request),
                       before=self._row(obj), now=timezone.now())  # fmt: skip
            return super().log_deletions(request, queryset)

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Removing many is one act: either all of them and their rows, or none."""
        if request.POST.get("action") != "delete_selected":
            return super().response_action(request, queryset, *args, **kwargs)
        with transaction.atomic():
            return super().response_action(request, queryset, *args, **kwargs)

    def _record(self, request: HttpRequest, verb: str, obj: models.Model) -> None:
        of, before, after = getattr(request, "_audit_values", (None, None, None))
        if of != obj.pk:  # logged by a page of its own, such as the change of a password: the act counts, not the value
            before = after = None
        record(act=f"admin.{obj._meta.model_name}.{verb}", subject=obj, actor=_person(request), before=before,
               after=after, now=timezone.now())  # fmt: skip

    def _shown(self, name: str, value: Any) -> Any:
        if name in self.audit_hidden or any(secret in name.lower() for secret in SECRET_NAMES):
            return HIDDEN
        return _plain(value)

    def _row(self, obj: models.Model) -> dict[str, Any]:
        return {
            field.name: self._shown(field.name, field.value_from_object(obj)) for field in obj._meta.concrete_fields
        }


def _person(request: HttpRequest) -> models.Model | None:
    return request.user if request.user.is_authenticated else None


def _of_formset(formset: Any) -> Mapping[str, Any]:
    found = {
        "added": [name_of(obj) for obj in formset.new_objects],
        "changed": [{"row": name_of(obj), "fields": fields} for obj, fields in formset.changed_objects],
        "removed": [name_of(obj) for obj in formset.deleted_objects],
    }
    found = {verb: rows for verb, rows in found.items() if rows}
    return {formset.prefix: found} if found else {}


def _plain(value: Any) -> Any:
    """Make a form's value something that JSON can keep and a person can read."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return [_plain(item) for _number, item in zip(range(MOST_ITEMS), value, strict=False)]
    return str(value)[:LONGEST]


class AuditedSite(admin.AdminSite):
    """An admin site on which nothing can be registered unaudited."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """This method will register a class, with the trail's hooks around it."""
        wanted = admin_class or admin.ModelAdmin
        if not issubclass(wanted, AuditedModelAdmin):
            wanted = types.new_class(f"Audited{wanted.__name__}", (AuditedModelAdmin, wanted))
        super().register(model_or_iterable, wanted, **options)
