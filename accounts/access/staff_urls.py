"""Where staff help a customer with their access."""

from django.urls import path

from accounts.access.views import helping

urlpatterns = [path("<uuid:public_id>/", helping.end_sessions, name="end_customer_sessions")]
