"""Firebase Authentication through firebase-admin.

https://firebase.google.com/docs/auth/admin/verify-id-tokens
https://firebase.google.com/docs/auth/admin/create-custom-tokens
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import firebase_admin  # type: ignore[import-untyped]
from firebase_admin import auth, credentials, exceptions
from google.auth import exceptions as google_errors
from google.auth.credentials import Credentials

from shared.domain.errors import Unauthenticated, Unavailable
from shared.ports.social_identity import SocialIdentity

_LEEWAY_S: Final = 5
# A custom token of ours only opens Firestore; as a way back in it would outlive every session.
_OWN_PROVIDER: Final = "custom"


def build_client(
    project: str,
    *,
    signer: str | None = None,
    credential: Credentials | None = None,
    timeout_s: float = 10.0,
) -> auth.Client:
    """A client for the Firebase project, outside the SDK's global registry.

    Without `credential` it uses the deployable's own identity. Custom tokens are signed by the
    service account `signer` (its e-mail address) through IAM, without one by the deployable's.
    The SDK itself obeys FIREBASE_AUTH_EMULATOR_HOST, and then checks no signature.
    """
    options = {"projectId": project, "httpTimeout": timeout_s}
    if signer is not None:
        options["serviceAccountId"] = signer
    app = firebase_admin.App(project, credential or credentials.ApplicationDefault(), options)
    return auth.Client(app)


class FirebaseIdentities:
    """`SocialIdentities` over an already-built client."""

    def __init__(self, client: auth.Client) -> None:
        self._client = client

    def verify(self, id_token: str) -> SocialIdentity:
        try:
            claims = self._client.verify_id_token(
                id_token, check_revoked=True, clock_skew_seconds=_LEEWAY_S
            )
            return _identity(claims)
        except (
            auth.InvalidIdTokenError,
            auth.UserDisabledError,
            auth.UserNotFoundError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:
            raise Unauthenticated(
                "The Firebase token is not valid (any more).", code="firebase_token_invalid"
            ) from error
        except (exceptions.FirebaseError, google_errors.GoogleAuthError) as error:
            raise _unavailable() from error

    def custom_token(self, user_id: str) -> str:
        try:
            token: bytes = self._client.create_custom_token(user_id)
        except (ValueError, exceptions.FirebaseError, google_errors.GoogleAuthError) as error:
            raise _unavailable() from error
        return token.decode()


def _identity(claims: Mapping[str, Any]) -> SocialIdentity:
    firebase = claims["firebase"]
    if firebase["sign_in_provider"] == _OWN_PROVIDER:
        raise ValueError("signed in with a custom token")
    return SocialIdentity(
        issuer=claims["iss"],
        subject=claims["sub"],
        authenticated_at=datetime.fromtimestamp(claims["auth_time"], UTC),
        email=claims.get("email"),
        email_verified=claims.get("email_verified") is True,
        name=claims.get("name"),
        second_factor="sign_in_second_factor" in firebase,
    )


def _unavailable() -> Unavailable:
    return Unavailable("Firebase could not be reached.", code="firebase_unavailable")
