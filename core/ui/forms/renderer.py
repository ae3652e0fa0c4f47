"""Has Django's own `{{ form }}` and `{{ field.as_field_group }}` drawn with the portal's components."""

from typing import Any

from django.forms.renderers import DjangoTemplates


class PortalRenderer(DjangoTemplates):
    """Finds the portal's templates for a whole form and for one field; widgets stay Django's."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name.startswith("components/"):
            from django.template.loader import render_to_string  # reason: the loader needs loaded apps

            return render_to_string(template_name, context, request=request)
        return super().render(template_name, context, request)
