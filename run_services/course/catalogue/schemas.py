"""The queries of finding and reading; openapi/rostrum.yaml says the same."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from run_services.course.integers import VersionNumber
from shared.domain.course import Level
from shared.repositories.courses.fields import Language
from shared.runtime.bodies import Body, PageQuery, text


def _boolean(value: object) -> object:
    if value not in ("true", "false"):
        raise PydanticCustomError("bool_type", "Input should be true or false")
    return value


class CatalogueQuery(PageQuery):
    search: Annotated[str, text(1, 200)] | None = None
    language: Language | None = None
    level: Level | None = None
    mine: Annotated[bool, BeforeValidator(_boolean)] = False


class VersionQuery(Body):
    version: VersionNumber | None = None
