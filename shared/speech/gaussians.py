"""How well each moment of sound fits each phone: the acoustic model that PocketSphinx ships with.

Phonetically tied mixtures (A. Lee et al., ICASSP 2000): 128 Gaussians a phone and stream, of
coefficients, their first and their second differences; the three states of a phone between two
others ("triphone") share them with weights of their own. Trained by CMU on English of many
speakers; BSD-2-Clause. It hears 25 ms at a time and knows nothing of words, so that it does not
hear what the words would make one expect.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.errors import Unavailable
from shared.speech import networks
from shared.speech.cepstra import COEFFICIENTS, Cepstra
from shared.speech.loading import once
from shared.speech.phones import PHONES

MIXTURES: Final = "mixtures.onnx"
STATES: Final = 3
_MODEL: Final = "model/en-us/en-us"
_STREAMS, _GAUSSIANS = 3, 128
_LEAST_VARIANCE: Final = 1e-4
_WEIGHT_STEP: Final = 1024 * np.log(1.0001)  # nats in one step of the 8-bit weights
_PLACES: Final = 4
INSIDE, FIRST, LAST, ALONE = range(_PLACES)  # of a phone in its word
_SILENCE: Final = "SIL"
States = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Codebook:
    """One phone's Gaussians, (streams, 2 * 13 + 1, 128) as factors of squares, values and 1, and
    the weights (streams, 128, states) of the states that share them."""

    states: States
    gaussians: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Model:
    """`alone` (phones + silence, STATES) of phones whatever is beside them; `keys` of triphones
    in ascending order and their `states`; `numbers` of our phones and silence in the model."""

    codebooks: Sequence[_Codebook]
    alone: States
    keys: NDArray[np.int64]
    states: States
    numbers: NDArray[np.int64]
    phones: int


def state_scores(values: Cepstra) -> NDArray[np.float32]:
    """Log likelihoods (frames, all states of the model), natural logarithms."""
    model = _model()
    size = sum(len(codebook.states) for codebook in model.codebooks)
    streams = values.reshape(len(values), _STREAMS, COEFFICIENTS).transpose(1, 0, 2)
    ones = np.ones((_STREAMS, len(values), 1))
    inputs = np.concatenate([np.square(streams), streams, ones], axis=2).astype(np.float32)
    scores = np.empty((len(values), size), dtype=np.float32)
    for each in model.codebooks:
        named = {"values": inputs, "gaussians": each.gaussians, "weights": each.weights}
        (scores[:, each.states],) = networks.run(MIXTURES, named)
    return scores


def triphones(
    phones: NDArray[np.int64],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    places: NDArray[np.int64],
) -> States:
    """(..., STATES) of phones between two others; all are indices with silence after the phones.

    As the decoder does it, a triphone that was never heard at its place in a word is taken from
    another place, or else the phone whatever is beside it.
    """
    model = _model()
    numbers = [model.numbers[each] for each in np.broadcast_arrays(phones, before, after)]
    found = model.alone[np.broadcast_to(phones, numbers[0].shape)].copy()
    missing = np.ones(numbers[0].shape, dtype=bool)
    for place in (places, np.where(places == INSIDE, FIRST, INSIDE), LAST, ALONE):
        keys = np.broadcast_to(place, missing.shape).astype(np.int64)
        for number in numbers:
            keys = keys * model.phones + number
        at = np.searchsorted(model.keys, keys).clip(0, len(model.keys) - 1)
        known = missing & (model.keys[at] == keys)
        found[known] = model.states[at[known]]
        missing &= ~known
    return found


@once
def _model() -> _Model:
    folder = _folder()
    names, triphones_, sequences = _definitions((folder / "mdef").read_bytes())
    alone = sequences[triphones_["sequence"][: len(names)]]
    context = triphones_["context"][len(names) :].astype(np.int64)
    states = sequences[triphones_["sequence"][len(names) :]]
    weights = _mixture_weights((folder / "sendump").read_bytes())
    owner = np.empty(weights.shape[2], dtype=np.int64)
    owner[alone] = np.arange(len(names))[:, None]
    owner[states] = context[:, 1:2]
    shape = (len(names), _STREAMS, _GAUSSIANS, COEFFICIENTS)
    gaussians = _factors(
        _parameters((folder / "means").read_bytes(), shape),
        _parameters((folder / "variances").read_bytes(), shape),
    )
    keys = context[:, 0]
    for column in context.T[1:]:
        keys = keys * len(names) + column
    order = np.argsort(keys)
    numbers = np.array([names.index(name) for name in (*PHONES, _SILENCE)], dtype=np.int64)
    shares = np.exp(-_WEIGHT_STEP * weights).astype(np.float32)
    codebooks = [
        _Codebook(at, gaussians[phone], np.ascontiguousarray(shares[:, :, at]))
        for phone in range(len(names))
        for at in [np.flatnonzero(owner == phone)]
    ]
    return _Model(codebooks, alone[numbers], keys[order], states[order], numbers, len(names))


def _folder() -> Path:
    spec = find_spec("pocketsphinx")  # found, not imported: the package loads a decoder
    if spec is None or spec.origin is None:
        raise Unavailable("The acoustic model is not installed.", code="scorer_unavailable")
    return Path(spec.origin).parent / _MODEL


def _definitions(data: bytes) -> tuple[list[str], NDArray[np.void], States]:
    """Of the binary `mdef`: the phones, then a record a phone and a triphone (its state sequence,
    its place in a word, itself, and what is before and after it), and the state sequences."""
    (described,) = struct.unpack_from("<i", data, 8)
    counts = struct.unpack_from("<10i", data, 12 + described)
    single, every, sequences, nodes = counts[0], counts[1], counts[6], counts[8]
    at = names_at = 12 + described + 4 * len(counts)
    names = data[at:].split(b"\0", single)[:single]
    at += sum(len(name) + 1 for name in names)
    at += -(at - names_at) % 4 + 8 * nodes
    record = np.dtype([("sequence", "<i4"), ("transitions", "<i4"), ("context", "i1", 4)])
    phones = np.frombuffer(data, record, every, at)
    at += every * record.itemsize + 4
    found = np.frombuffer(data, "<i2", sequences * STATES, at).reshape(sequences, STATES)
    return [name.decode() for name in names], phones, found.astype(np.int64)


def _parameters(data: bytes, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Of a parameter file of Sphinx 3: after its header and lengths, before its checksum."""
    size = int(np.prod(shape))
    return np.frombuffer(data, "<f4", size, len(data) - 4 * size - 4).reshape(shape).astype(float)


def _mixture_weights(data: bytes) -> NDArray[np.float64]:
    """(streams, 128, states) of `sendump`, in steps of a logarithm."""
    at = 0
    while (length := struct.unpack_from("<i", data, at)[0]) != 0:
        at += 4 + length
    (columns,) = struct.unpack_from("<i", data, at + 8)
    found = np.frombuffer(data, np.uint8, offset=at + 12)
    return found.reshape(_STREAMS, _GAUSSIANS, columns).astype(float)


def _factors(means: NDArray[np.float64], variances: NDArray[np.float64]) -> NDArray[np.float32]:
    """The log density as a product with (squares, values, 1): (phones, streams, 27, 128)."""
    least = np.maximum(variances, _LEAST_VARIANCE)
    constant = -0.5 * (np.square(means) / least + np.log(2 * np.pi * least)).sum(axis=3)
    parts = [-0.5 / least, means / least, constant[..., None]]
    return np.concatenate(parts, axis=3).transpose(0, 1, 3, 2).astype(np.float32)
