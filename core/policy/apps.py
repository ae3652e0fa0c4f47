from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CorePolicyConfig(AppConfig):
    name = "core.policy"
    label = "policy"
    verbose_name = _("Policy figures")
    # Rows are added and read; wording may be bettered in a migration by the tables' owner, figures never.
    privileges: ClassVar[dict[str, str]] = {"policy_figure": "SELECT, INSERT"}
