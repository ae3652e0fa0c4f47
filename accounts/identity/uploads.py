"""Uploads that never touch the disk in the clear, and never fill the memory.

Django would put a large upload into a temporary file. Photos of documents are kept in memory instead, each cut off
just beyond the size that is taken, so that what is too large is known to be so without being kept.
"""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accounts.identity.figures import figures

FILES_AT_ONCE = 3
View = Callable[..., HttpResponseBase]


class BoundedMemoryUpload(FileUploadHandler):
    """Keeps each file in memory up to one byte more than is taken; ends a request that sends far too much."""

    def __init__(self, request: HttpRequest | None = None, *, most_bytes: int) -> None:
        super().__init__(request)
        self.most_bytes = most_bytes
        self.received = 0
        self.kept = io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        self.received += len(raw_data)
        if self.received > (FILES_AT_ONCE + 1) * self.most_bytes:
            raise StopUpload(connection_reset=True)
        room = self.most_bytes + 1 - self.kept.tell()
        if room > 0:
            self.kept.write(raw_data[:room])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:  # noqa: ARG002
        size = self.kept.tell()
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name or "", self.content_type, size, self.charset
        )


def photos_in_memory(view: View) -> View:
    """This function will let a view take uploads through `BoundedMemoryUpload`, with the CSRF check as everywhere.

    The check reads the form, so the handler must be in place before it: the middleware's check is put off until then.
    Stands under `@customer_required`, so that strangers' uploads are not even read.
    """
    checked = csrf_protect(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.content_type == "multipart/form-data":  # no other kind of form carries a file
            most = figures(timezone.localdate()).photo.most_bytes
            request.upload_handlers = [BoundedMemoryUpload(request, most_bytes=most)]
        return checked(request, *args, **kwargs)

    return csrf_exempt(guarded)
