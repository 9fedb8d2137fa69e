"""A user, their sessions, and the links sent to them by mail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

UserRole = Literal["learner", "teacher", "admin"]
LinkPurpose = Literal["verify_email", "reset_password", "change_email"]


@dataclass(frozen=True, slots=True)
class User:
    """`email_key` is the address in the one spelling all its spellings share.

    `version` counts the changes of what users see of themselves; `second_factor` says whether a
    TOTP device is confirmed.
    """

    id: str
    email: str
    email_key: str
    role: UserRole
    locale: str
    time_zone: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    email_verified_at: datetime | None = None
    password_hash: str | None = None
    name: str | None = None
    goals: tuple[str, ...] = ()
    keep_recordings: bool = False
    disabled_at: datetime | None = None
    last_login_at: datetime | None = None
    second_factor: bool = False

    @property
    def etag(self) -> str:
        """Changes whenever something users see of themselves does."""
        return f"{self.version}.{int(self.second_factor)}"


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in on one installation of an app; `client_id` is empty where the app named none."""

    id: str
    user_id: str
    client_id: str
    authenticated_at: datetime
    second_factor: bool
    created_at: datetime
    revoked_at: datetime | None = None
    revoked_because: str | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What is kept of a refresh token: its SHA-256 and its life."""

    hash: bytes
    session_id: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailLink:
    """What is kept of a link sent by mail: its token's SHA-256 and what following it does."""

    hash: bytes
    user_id: str
    purpose: LinkPurpose
    expires_at: datetime
    new_email: str | None = None
