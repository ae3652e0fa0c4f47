"""Addresses of this room."""

from django.urls import path

from accounts.statements.views import files, movements, papers, searches

urlpatterns = [
    path("", movements.accounts_overview, name="accounts_overview"),
    path("certificates/", papers.certificates, name="balance_certificates"),
    path("certificates/<uuid:public_id>/", papers.certificate, name="balance_certificate"),
    path("certificates/<uuid:public_id>/pdf/", papers.certificate_pdf, name="balance_certificate_pdf"),
    path("<uuid:public_id>/", movements.statement, name="statement"),
    path("<uuid:public_id>/statement.csv", files.at_once, {"kind": "csv"}, name="statement_csv"),
    path("<uuid:public_id>/statement.xlsx", files.at_once, {"kind": "xlsx"}, name="statement_xlsx"),
    path("<uuid:public_id>/statement.pdf", files.at_once, {"kind": "pdf"}, name="statement_pdf"),
    path("<uuid:public_id>/file/", files.ask, name="movement_file_ask"),
    path("<uuid:public_id>/search/", searches.save, name="search_save"),
    path("searches/", searches.saved, name="saved_searches"),
    path("searches/<uuid:public_id>/", searches.rename, name="search_rename"),
    path("searches/<uuid:public_id>/delete/", searches.delete, name="search_delete"),
    path("files/", files.files, name="movement_files"),
    path("files/<uuid:public_id>/", files.file, name="movement_file"),
    path("files/<uuid:public_id>/state/", files.file_state, name="movement_file_state"),
    path("files/<uuid:public_id>/download/", files.file_download, name="movement_file_download"),
    path("<uuid:public_id>/months/", papers.monthly, name="monthly_statements"),
    path("<uuid:public_id>/months/<int:year>-<int:month>.pdf", papers.monthly_pdf, name="monthly_statement_pdf"),
]
