"""The trained networks of the pronunciation scorer, run by ONNX Runtime on one thread.

Made by `make train-scorer`, the graphones beside them by `make train-spelling`. One thread and a
fixed order of execution: the same input gives the same bits in every process.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.errors import Unavailable
from shared.speech.loading import once

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODELS: Final = Path(__file__).parent / "models"
SHA256: Final[Mapping[str, str]] = {
    "calibration.json": "e04dd837921637e9669312e9fba7461275a6c0e1706e2577af24821826e947a8",
    "graphones.npz": "9e948d075b4788fd2a4e069da27df47f07d94f16eed7c3aae3469963ef67f0b1",
    "heard.onnx": "d0da44d8ae5ce5ebb800a829f44f05f48fe8d4a85bde011e997e3946f1be2357",
    "mixtures.onnx": "8a53a798e0a0b911d0aaf2004d5d1629eec83af2ee51c900b1ce40032e9b7495",
    "phone-posteriors.onnx": "4cb8695331d3822ad14b1561aa4402dae4758c2394568718652f4d07dccd7d2a",
    "pronunciation.onnx": "84fed9600761855fcb45100e27eef337586e6cf9ca0899951e1057d79cedbbdf",
}
_QUIET: Final = 3  # errors only: the runtime writes warnings of its own to standard error


def run(name: str, inputs: Mapping[str, NDArray[np.generic]]) -> tuple[NDArray[np.float32], ...]:
    """The outputs of network `name` in their order.

    Raises `Unavailable` (`scorer_unavailable`) when its file is not the one pinned here.
    """
    return tuple(_session(name).run(None, dict(inputs)))


def load(name: str) -> None:
    """Load network `name` ahead of its first run; raises as `run`."""
    _session(name)


@once
def _session(name: str) -> "InferenceSession":
    from onnxruntime import ExecutionMode, InferenceSession, SessionOptions  # noqa: PLC0415

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _QUIET
    options.enable_cpu_mem_arena = False  # which keeps what the longest recording took
    return InferenceSession(verified(name), options, providers=["CPUExecutionProvider"])


def verified(name: str) -> bytes:
    """The file's content, if its SHA-256 is the one this version was measured with."""
    try:
        content = (MODELS / name).read_bytes()
    except OSError as error:
        raise _unavailable(f"The network {name} cannot be read: {error}.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256[name]:
        raise _unavailable(f"The network {name} has SHA-256 {digest}, not {SHA256[name]}.")
    return content


def _unavailable(detail: str) -> Unavailable:
    return Unavailable(detail, code="scorer_unavailable")
