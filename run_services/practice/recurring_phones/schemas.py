"""The query of recurring phones."""

from typing import Annotated

from pydantic import Field

from shared.runtime.bodies import Body


class RecurringPhonesQuery(Body):
    attempts: Annotated[int, Field(ge=1, le=50)] = 20
