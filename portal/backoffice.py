"""Puts the bank's own admin site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "portal.admin.BankAdminSite"
