"""The bodies of authoring; openapi/rostrum.yaml says the same."""

from typing import Annotated

from pydantic import RootModel

from run_services.course.integers import JsonInteger, VersionNumber
from shared.runtime.bodies import Body, text

_Note = Annotated[str, text(1, 500)]


class ContentBody(RootModel[dict[str, object]]):
    """A course's content, for `parse_content`."""


class PublishBody(Body):
    note: _Note | None = None


class RollbackBody(Body):
    version: Annotated[VersionNumber, JsonInteger]
    note: _Note | None = None
