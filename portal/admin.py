"""The back office: Django's admin, reached with a second factor only."""

from django_otp.admin import OTPAdminSite


class BankAdminSite(OTPAdminSite):
    site_header = "Back office"
