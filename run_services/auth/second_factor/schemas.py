"""The bodies of the second factor's operations; openapi/rostrum.yaml says the same."""

from typing import Annotated

from pydantic import StringConstraints

from shared.runtime.bodies import Body, text

TotpCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
RecoveryCode = Annotated[str, text(1, 40)]


class TotpBody(Body):
    code: TotpCode


class EitherCodeBody(Body):
    """A TOTP code, or a recovery code."""

    code: RecoveryCode
