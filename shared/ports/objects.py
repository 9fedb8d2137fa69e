"""Objects: recordings in one bucket, with generations and signed upload URLs."""

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
    """A PUT to `url` must carry exactly these `headers`, or it is refused."""

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
