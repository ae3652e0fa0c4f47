"""Addresses of this room."""

from django.urls import path

from accounts.statements.views import movements, papers

urlpatterns = [
    path("", movements.accounts_overview, name="accounts_overview"),
    path("certificates/", papers.certificates, name="balance_certificates"),
    path("certificates/<uuid:public_id>/", papers.certificate, name="balance_certificate"),
    path("certificates/<uuid:public_id>/pdf/", papers.certificate_pdf, name="balance_certificate_pdf"),
    path("<uuid:public_id>/", movements.statement, name="statement"),
    path("<uuid:public_id>/statement.csv", movements.statement_csv, name="statement_csv"),
    path("<uuid:public_id>/statement.xlsx", papers.statement_xlsx, name="statement_xlsx"),
    path("<uuid:public_id>/months/", papers.monthly, name="monthly_statements"),
    path("<uuid:public_id>/months/<int:year>-<int:month>.pdf", papers.monthly_pdf, name="monthly_statement_pdf"),
]
