"""A session just opened or carried on, and what the caller is told of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.identity import Principal
from shared.domain.user import Session, User

ACCESS_TOKEN_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in or a refresh answers."""

    access_token: str
    expires_in_s: int
    refresh_token: str
    refresh_expires_at: datetime
    user: User


@dataclass(frozen=True, slots=True)
class Opened:
    """A session as the database has it, whose access token is not signed yet."""

    principal: Principal
    refresh_token: str
    refresh_expires_at: datetime
    user: User

    def signed_in(self, access_token: str) -> SignedIn:
        seconds = int(ACCESS_TOKEN_LIFETIME.total_seconds())
        expires_at = self.refresh_expires_at
        return SignedIn(access_token, seconds, self.refresh_token, expires_at, self.user)


def principal_of(session: Session, user: User) -> Principal:
    """Whom the session's access tokens stand for."""
    authenticated_at = int(session.authenticated_at.timestamp())
    return Principal(user.id, user.role, session.id, authenticated_at, session.second_factor)
