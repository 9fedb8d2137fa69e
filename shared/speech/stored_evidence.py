"""What is measured of the sounds of a text, as the arrays it is kept in: one row a phone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from shared.speech.phone_evidence import PhoneEvidence
from shared.speech.text_evidence import SentenceEvidence, TextEvidence

# A rounding of the encoder's means by 1/64 moves no phone's score by more than 0.0025 (of 1), and
# halves the size against float16.
_STEPS: Final = 32.0

Arrays = Mapping[str, NDArray[np.generic]]
Kind = TypeVar("Kind", bound=np.generic)


def storable(evidence: TextEvidence) -> TextEvidence:
    """The evidence as it comes back from storage, which is what has to be judged at once, too.

    The encoder's means in steps of 1/32; values as float16.
    """
    return replace(evidence, sentences=tuple(map(_storable, evidence.sentences)))


def to_arrays(sentences: tuple[SentenceEvidence, ...]) -> dict[str, NDArray[np.generic]]:
    """Of at least one sentence, and `storable`; `counts` are the phones of each."""
    phones = [sentence.phones for sentence in sentences]
    frames = np.concatenate([each.frames for each in phones])
    return {
        "counts": np.array([len(each.phones) for each in phones], dtype=np.int16),
        "phones": np.concatenate([each.phones for each in phones]).astype(np.uint8),
        "words": np.concatenate([each.words for each in phones]).astype(np.int32),
        "values": np.concatenate([each.values for each in phones]).astype(np.float16),
        "frames": np.rint(frames * _STEPS).astype(np.int16),
        "group": np.stack([each.group for each in phones]),
        "times_s": np.concatenate([sentence.times_s for sentence in sentences]),
    }


def from_arrays(arrays: Arrays) -> tuple[SentenceEvidence, ...]:
    """What `to_arrays` was given. Raises `LookupError` or `ValueError` for other arrays."""
    counts = _as(arrays["counts"], np.int64)
    ends = np.cumsum(counts)
    if {len(arrays[name]) for name in ("phones", "words", "values", "times_s")} != {int(ends[-1])}:
        raise ValueError("The rows are not as many as the phones.")
    rows = [slice(end - count, end) for end, count in zip(ends, counts, strict=True)]
    return tuple(
        SentenceEvidence(
            PhoneEvidence(
                phones=_as(arrays["phones"][row], np.int64),
                words=_as(arrays["words"][row], np.int64),
                values=_as(arrays["values"][row], np.float32),
                frames=_as(arrays["frames"][row], np.float32) / np.float32(_STEPS),
                group=_as(arrays["group"][number], np.float32),
            ),
            times_s=_as(arrays["times_s"][row], np.float64),
        )
        for number, row in enumerate(rows)
    )


def _storable(sentence: SentenceEvidence) -> SentenceEvidence:
    return replace(
        sentence,
        phones=replace(
            sentence.phones,
            # As whole numbers they have no negative zero.
            frames=((np.rint(sentence.phones.frames * _STEPS) + 0.0) / _STEPS).astype(np.float32),
            values=sentence.phones.values.astype(np.float16).astype(np.float32),
        ),
    )


def _as(values: NDArray[np.generic], kind: type[Kind]) -> NDArray[Kind]:
    return np.ascontiguousarray(values, dtype=kind)
