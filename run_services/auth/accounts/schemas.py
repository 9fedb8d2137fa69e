"""The bodies of the accounts' operations; openapi/rostrum.yaml says the same."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from run_services.auth.addresses import Email
from run_services.auth.passwords import MAX_LENGTH, MIN_LENGTH
from run_services.auth.sessions.schemas import GivenPassword, OpaqueToken
from shared.runtime.bodies import Body, Nullable, text


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("This is not an IANA time zone")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


Name = Annotated[str, text(1, 100)]
# Not stripped: a password may begin or end with a space.
NewPassword = Annotated[
    str,
    StringConstraints(min_length=MIN_LENGTH, max_length=MAX_LENGTH, pattern=r"^[^\x00]*$"),
]
# The form of RFC 5646, not its registry.
Locale = Annotated[str, text(2, 35, r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
TimeZone = Annotated[str, text(1, 64, r"^[A-Za-z0-9_+/-]+$"), AfterValidator(_known_zone)]
Goal = Annotated[str, text(1, 200)]


class _Body(Body):
    model_config = ConfigDict(strict=True)


class RegisterBody(_Body):
    email: Email
    password: NewPassword
    name: Name | None = None
    locale: Locale = "en"
    time_zone: TimeZone = "UTC"


class LinkBody(_Body):
    token: OpaqueToken


class AddressBody(_Body):
    email: Email


class ResetPasswordBody(_Body):
    token: OpaqueToken
    password: NewPassword


class ChangePasswordBody(_Body):
    current_password: GivenPassword | None = None
    new_password: NewPassword


class ChangeEmailBody(_Body):
    password: GivenPassword
    new_email: Email


class ProfileBody(_Body):
    name: Annotated[Name | None, Nullable()] = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None
    goals: Annotated[list[Goal], Field(max_length=10)] | None = None
    keep_recordings: bool | None = None
