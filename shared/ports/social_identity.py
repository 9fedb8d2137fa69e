"""Sign-in by an outside identity provider, and its tokens for our users."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SocialIdentity:
    """Whom the provider vouches for.

    `issuer` and `subject` together name the identity for good; `authenticated_at` is when the
    user last proved to the provider who they are, `second_factor` whether by two factors.
    """

    issuer: str
    subject: str
    authenticated_at: datetime
    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    second_factor: bool = False


class SocialIdentities(Protocol):
    def verify(self, id_token: str) -> SocialIdentity:
        """The identity an ID token of the provider stands for.

        Raises `Unauthenticated` (code `firebase_token_invalid`) when the token is malformed,
        forged, expired, revoked or of a disabled user, or stems from one of our own custom
        tokens; `Unavailable` (code `firebase_unavailable`) when the provider cannot be asked.
        """

    def custom_token(self, user_id: str) -> str:
        """A token, valid for an hour, that signs our user in at the provider under our id.

        Raises `Unavailable` (code `firebase_unavailable`) when it cannot be signed.
        """
