"""What the writes of a commit tell of whether it was applied, when its answer was lost.

Each whole document that is written holds a number of its own (`firestore_values.WRITTEN`).
"""

from collections.abc import Sequence
from typing import Any

from shared.adapters.gcp.firestore_values import WRITTEN


def mark(writes: Sequence[Any]) -> Any:  # noqa: ANN401
    """The write whose document shows that the commit was applied; None where all are deletions.

    One that is guarded, if there is one.
    """
    whole = [one for one in writes if one.HasField("update") and not one.HasField("update_mask")]
    return next(filter(is_guarded, whole), whole[0] if whole else None)


def is_guarded(mark: Any) -> bool:  # noqa: ANN401
    """Whether the commit, once applied, cannot be applied again: the document has another time.

    That an id is absent is no guard: what was created may have been deleted since.
    """
    return mark is not None and mark.current_document.HasField("update_time")


def is_as_written(found: Any, mark: Any) -> bool:  # noqa: ANN401
    """Whether the document found is the very one of that write."""
    number: int = mark.update.fields[WRITTEN].integer_value
    return bool(found.fields[WRITTEN].integer_value == number)
