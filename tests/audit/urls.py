"""The portal's addresses, and a back office in which groups may be edited, for looking at the trail it leaves."""

from django.contrib.auth.models import Group
from django.urls import path

from portal.admin import BankAdminSite
from portal.urls import handler400, handler429, handler500
from portal.urls import urlpatterns as the_portals


class Trial(BankAdminSite):
    """The bank's own back office edits nothing by hand; this one shows what would be written if it did."""

    LEFT_OUT = frozenset()


trial = Trial("trial")
trial.register(Group)
urlpatterns = [*the_portals, path("trial/", trial.urls)]

__all__ = ["handler400", "handler429", "handler500", "urlpatterns"]
