"""A writer of structured answers: a large language model, or the rubric writer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call. `instructions` are ours; `inputs` is data, learners' words among it.

    `brief` says of `inputs` what a writer paid by the token needs; None: all of them.
    `schema` is the JSON Schema the answer must satisfy; `timeout_s` bounds the whole call, its
    retries included.
    """

    task: str
    instructions: str
    inputs: Mapping[str, Any]
    schema: Mapping[str, Any]
    timeout_s: float = 20.0
    brief: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """`text` is the raw answer, to be parsed and checked by the caller: never trusted."""

    text: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0


class LanguageModel(Protocol):
    @property
    def name(self) -> str:
        """The name shown as `written_by`."""

    @property
    def paid(self) -> bool:
        """Whether a call costs money and so must never be repeated."""

    def generate(self, request: ModelRequest) -> ModelAnswer:
        """Answer the request.

        Raises `RateLimited` (with `retry_after_s` where the model says so) or `Unavailable`
        after its own bounded retries, `Invalid` when the model refuses this request for good.
        """
