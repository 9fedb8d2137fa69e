"""The bodies of the sessions' operations; openapi/rostrum.yaml says the same."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from run_services.auth.addresses import Email
from run_services.auth.second_factor.schemas import RecoveryCode, TotpCode
from shared.runtime.bodies import Body, text

ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,100}$")]
OpaqueToken = Annotated[str, text(1, 200)]
# Of any length that may ever have been allowed: what is too short is simply wrong.
GivenPassword = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00]*$")
]


class LoginBody(Body):
    model_config = ConfigDict(strict=True)

    email: Email
    password: GivenPassword
    client_id: ClientId | None = None
    totp_code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None


class RefreshBody(Body):
    model_config = ConfigDict(strict=True)

    refresh_token: OpaqueToken
    client_id: ClientId | None = None


class LogoutBody(Body):
    model_config = ConfigDict(strict=True)

    refresh_token: OpaqueToken
