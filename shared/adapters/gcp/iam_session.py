"""The session in which a deployable speaks to IAM, apart from what signs tokens in it.

Who signs URLs alone needs none of the libraries of tokens.
"""

from functools import cache
from typing import Final

import google.auth
import requests
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.transport.requests import AuthorizedSession

from shared.adapters.gcp import own_identity

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"


@cache
@own_identity.needed()
def build_session(
    credentials: Credentials | None = None, *, emulated: bool = False
) -> requests.Session:
    """A session that speaks as `credentials`, by default as the deployable itself.

    An `emulated` Google is spoken to as nobody.
    """
    if emulated:
        credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]
    elif credentials is None:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
    session: requests.Session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    return session
