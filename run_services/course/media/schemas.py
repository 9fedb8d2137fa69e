"""The body that announces a media file; openapi/rostrum.yaml says the same."""

from typing import Annotated

from pydantic import Field

from run_services.course.integers import JsonInteger
from shared.domain.course import MAX_MEDIA_BYTES
from shared.domain.media_types import MediaType
from shared.repositories.courses.fields import MediaName
from shared.runtime.bodies import Body


class MediaBody(Body):
    name: MediaName
    content_type: MediaType
    bytes: Annotated[int, Field(ge=1, le=MAX_MEDIA_BYTES), JsonInteger]
