from typing import ClassVar

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")
    # The role the portal runs as may see which migrations ran, and not pretend that others did.
    privileges: ClassVar[dict[str, str]] = {"django_migrations": "SELECT"}

    def ready(self) -> None:
        from portal import (  # reason: checks register so, and need apps
            checks,  # noqa: F401
            hosts,  # noqa: F401
            labels,
            privileges,
            rights,
            transport,  # noqa: F401
        )

        labels.give()
        post_migrate.connect(privileges.after_migrate, sender=self, dispatch_uid="portal.privileges")
        post_migrate.connect(rights.after_migrate, sender=self, dispatch_uid="portal.rights")
