"""Objects: what one bucket holds, with generations and signed URLs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """`generation` names one content of one name; a new write gets a new generation."""

    name: str
    generation: str
    size: int
    content_type: str


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """The request to `url` must carry exactly these `headers`, or it is refused."""

    url: str
    headers: Mapping[str, str]


class Objects(Protocol):
    """Every method raises `Unavailable` when the store cannot be reached.

    Each completed write (upload or copy) announces itself with an object-finalized event, at
    least once.
    """

    def signed_upload(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        """A URL that accepts one PUT of 0 to `max_bytes` bytes of that type until `expires_at`.

        It creates the object and never replaces one: while the object exists, a second PUT is
        refused.
        """

    def stat(self, name: str) -> ObjectInfo | None:
        """The live generation, or None."""

    def read(self, name: str, generation: str) -> bytes:
        """The bytes of that generation; raises `NotFound` if it is not the live one."""

    def copy(self, source: str, target: str) -> ObjectInfo:
        """Copy the live generation. An existing target stays as it is and is answered.

        Raises `NotFound` if there is no source.
        """

    def delete(self, name: str) -> None:
        """Deleting what is absent is no error."""


class ResumableObjects(Objects, Protocol):
    """A bucket whose uploads may be continued where they broke off."""

    def resumable_upload(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        """As `signed_upload`, but a POST to the URL opens a session.

        Its answer's `Location` takes the bytes in PUTs with `Content-Range`, for up to a week:
        https://cloud.google.com/storage/docs/performing-resumable-uploads#xml-api.
        """


class WritableObjects(Objects, Protocol):
    """A bucket that its deployable also writes and hands out itself."""

    def write(self, name: str, data: bytes, content_type: str) -> ObjectInfo:
        """Create the object or replace it; the answer is the new live generation."""

    def under(self, prefix: str) -> list[ObjectInfo]:
        """The live generations whose names begin with `prefix`, by name."""

    def signed_download(
        self, name: str, *, expires_at: datetime, filename: str | None = None
    ) -> str:
        """A URL that anyone may GET until `expires_at`; a browser saves it as `filename`.

        It is made without looking whether the object is there.
        """
