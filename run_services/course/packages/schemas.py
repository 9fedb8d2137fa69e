"""The bodies and queries of course packages; openapi/rostrum.yaml says the same."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from run_services.course.integers import JsonInteger
from shared.repositories.course_packages.archive import MAX_PACKAGE_BYTES
from shared.runtime.bodies import Body, text


class ImportQuery(Body):
    course_id: UUID | None = None


class UploadBody(Body):
    bytes: Annotated[int, Field(ge=1, le=MAX_PACKAGE_BYTES), JsonInteger]
    course_id: UUID | None = None


class ArrivedBody(Body):
    generation: Annotated[str, text(1, 100)]
