"""What becomes of a call when the deployable cannot find out who it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from google.auth.exceptions import GoogleAuthError

from shared.domain.errors import Unavailable


@contextmanager
def needed() -> Iterator[None]:
    """Around what builds a client: the metadata server may not answer yet."""
    try:
        yield
    except GoogleAuthError as error:
        raise Unavailable("The service's own credentials cannot be had.") from error
