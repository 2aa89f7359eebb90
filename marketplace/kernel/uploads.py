"""Files that are too big are refused before they are kept anywhere."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

FORM_BYTES = 64 * 1024  # what the form around a file may take
READ_OUT_BYTES = 64 * 1024 * 1024  # so far the rest is read and dropped, so that the browser sees our answer


def is_too_big(meta: dict[str, Any]) -> bool:
    """Whether a request's own word about its length is more than a picture and its form."""
    return int(meta.get("CONTENT_LENGTH") or 0) > settings.PICTURE_MAX_BYTES + FORM_BYTES


class SizeLimit(FileUploadHandler):
    """Stops at the first file of a request that is too big; its view says so (`is_too_big`)."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.request is not None and is_too_big(self.request.META):
            length = int(self.request.META["CONTENT_LENGTH"])
            raise StopUpload(connection_reset=length > READ_OUT_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps the file."""
