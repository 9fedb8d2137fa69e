"""Credentials for Google's OTLP endpoint, https://telemetry.googleapis.com.

https://cloud.google.com/stackdriver/docs/reference/telemetry/overview: the deployable's account
needs roles/cloudtrace.agent and roles/monitoring.metricWriter.
"""

from typing import Final

import google.auth
import requests
from google.auth.credentials import Credentials
from google.auth.transport.requests import AuthorizedSession

from shared.adapters.gcp import own_identity

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_REFRESH_WITHIN_S: Final = 2


def build_session(project: str, credentials: Credentials | None = None) -> requests.Session:
    """A session that speaks as `credentials`, by default as the deployable itself.

    Raises `Unavailable` when the deployable cannot find out who it is.
    """
    if credentials is None:
        with own_identity.needed():
            credentials, _ = google.auth.default(scopes=[_SCOPE])
    session: requests.Session = AuthorizedSession(  # type: ignore[no-untyped-call]
        credentials, refresh_timeout=_REFRESH_WITHIN_S
    )
    session.headers["x-goog-user-project"] = project
    return session
