"""The body of the sign-in with Firebase; openapi/rostrum.yaml says the same."""

from typing import Annotated

from run_services.auth.sessions.schemas import ClientId
from shared.runtime.bodies import Body, text


class FirebaseBody(Body):
    id_token: Annotated[str, text(1, 8192)]
    client_id: ClientId | None = None
