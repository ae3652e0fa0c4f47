"""The back office: Django's admin, reached with a second factor only."""

from django_otp.admin import OTPAdminSite

from core.audit.backoffice import AuditedSite


class BankAdminSite(AuditedSite, OTPAdminSite):
    site_header = "Back office"
