"""The bodies of the data rights' operations; the contracts in openapi/ say the same."""

from typing import Annotated, Literal

from pydantic import Field

from shared.runtime.bodies import Body, text


class ExportReport(Body):
    """What became of an export, told by the function that makes them."""

    user_id: Annotated[str, text(1, 100)]
    status: Literal["ready", "failed"]
    bytes: Annotated[int, Field(strict=True, ge=0)] | None = None
