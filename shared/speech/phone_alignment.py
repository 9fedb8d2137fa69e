"""Where each phone of a known text was said: a Viterbi search over the frames' phone posteriors.

The network follows the text word by word. A word may be said in any of its pronunciations, there
may be silence between words, and words that were perhaps left out may be passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.phones import INDEX, SILENCE
from shared.speech.pronunciations import Pronunciation

LogPosteriors = NDArray[np.float32]

PRIOR_WEIGHT: Final = 0.7
OTHER_SPEECH: Final = SILENCE + 1
_OTHER_SPEECH_COST: Final = 1.0  # nats a frame: a phone of the text wins where it is about as good
_IMPOSSIBLE: Final = -1e9


@dataclass(frozen=True, slots=True)
class ExpectedWord:
    """`optional`: perhaps not said. `after_other`: something not in the text may precede it.

    A word without a known pronunciation takes whatever speech is at its place.
    """

    pronunciations: Sequence[Pronunciation]
    optional: bool = False
    after_other: bool = False


@dataclass(frozen=True, slots=True)
class PhoneSpan:
    """Phone number `position` of word number `word`; frames `start` to before `end`."""

    word: int
    position: int
    phone: str
    start: int
    end: int


def align_phones(
    posteriors: LogPosteriors, priors: NDArray[np.float32], words: Sequence[ExpectedWord]
) -> list[PhoneSpan]:
    """The most likely path: every word that was said, with all phones of one way to say it.

    `posteriors` are log posteriors (frames, phones + silence), `priors` the log shares of the
    classes in what the posteriors were trained on. [] when the frames are too few for the text.
    """
    network = _network(words)
    likelihoods = posteriors - PRIOR_WEIGHT * priors
    other = likelihoods[:, :SILENCE].max(axis=1, keepdims=True) - _OTHER_SPEECH_COST
    path = _best_path(np.concatenate([likelihoods, other], axis=1), network)
    spans: list[PhoneSpan] = []
    begin = 0
    for at in range(1, len(path) + 1):
        if at == len(path) or path[at] != path[begin]:
            word, position, phone = network.labels[path[begin]]
            if phone:
                spans.append(PhoneSpan(word, position, phone, begin, at))
            begin = at
    return spans


@dataclass(frozen=True, slots=True)
class _Network:
    """States with their class, their label (word, position, phone), and who precedes them."""

    classes: NDArray[np.intp]
    labels: list[tuple[int, int, str]]
    before: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]


def _network(words: Sequence[ExpectedWord]) -> _Network:
    classes: list[int] = []
    labels: list[tuple[int, int, str]] = []
    before: list[list[int]] = []

    def add(number: int, label: tuple[int, int, str], preceding: Sequence[int]) -> int:
        classes.append(number)
        labels.append(label)
        before.append([len(before), *preceding])
        return len(before) - 1

    silence = (-1, 0, "")
    ends = [add(SILENCE, silence, ())]
    first, may_start = list(ends), True
    for index, word in enumerate(words):
        if word.after_other:
            ends.append(other := add(OTHER_SPEECH, silence, ends))
            ends.append(add(SILENCE, silence, [other]))
            first += [other] if may_start else []
        said: list[int] = []
        for phones in word.pronunciations:
            at = add(INDEX[phones[0]], (index, 0, phones[0]), ends)
            first += [at] if may_start else []
            for position, phone in enumerate(phones[1:], 1):
                at = add(INDEX[phone], (index, position, phone), [at])
            said.append(at)
        if not word.pronunciations:
            said.append(at := add(OTHER_SPEECH, silence, ends))
            first += [at] if may_start else []
        said.append(add(SILENCE, silence, said))
        ends = [*ends, *said] if word.optional else said
        may_start = may_start and word.optional
    width = max(map(len, before))
    padded = [row + row[:1] * (width - len(row)) for row in before]
    arrays = (np.array(values, dtype=np.intp) for values in (classes, padded, first, ends))
    numbers, table, starts, stops = arrays
    return _Network(numbers, labels, table, starts, stops)


def _best_path(likelihoods: NDArray[np.float32], network: _Network) -> list[int]:
    frames, states = len(likelihoods), len(network.classes)
    if not frames:
        return []
    scores = np.full(states, _IMPOSSIBLE)
    scores[network.first] = likelihoods[0, network.classes[network.first]]
    came_from = np.empty((frames, states), np.min_scalar_type(network.before.shape[1]))
    rows = np.arange(states)
    for frame in range(1, frames):
        options = scores[network.before]
        best = options.argmax(axis=1)
        came_from[frame] = best
        scores = options[rows, best] + likelihoods[frame, network.classes]
    at = int(network.last[scores[network.last].argmax()])
    if scores[at] < _IMPOSSIBLE / 2:
        return []
    path = [at]
    for frame in range(frames - 1, 0, -1):
        path.append(int(network.before[path[-1], came_from[frame, path[-1]]]))
    return path[::-1]
