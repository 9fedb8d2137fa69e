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
_NONE: Final = -1


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


@dataclass(frozen=True, slots=True, eq=False)
class _Network:
    """States with their class and label (word, position, phone); between words there are junctions,
    which take no time, so that there are no more arcs than grow with the text.

    `before` (..., states): what may precede each inside a word, itself first; `entered_from`
    (states,): the junction it follows, `_NONE` inside a word; `first`: where a path may begin.
    `arriving` (..., junctions): the states that end at each, `_NONE` where there are no more;
    `chains` (junctions,): numbers in ascending order, the same where a junction may be reached from
    the one before it too, since what is between them may be left out.
    """

    classes: NDArray[np.intp]
    labels: list[tuple[int, int, str]]
    before: NDArray[np.intp]
    entered_from: NDArray[np.intp]
    first: NDArray[np.intp]
    arriving: NDArray[np.intp]
    chains: NDArray[np.intp]


def _network(words: Sequence[ExpectedWord]) -> _Network:
    classes: list[int] = []
    labels: list[tuple[int, int, str]] = []
    before: list[list[int]] = []
    entered_from: list[int] = []

    def add(
        number: int, label: tuple[int, int, str], preceding: Sequence[int], junction: int = _NONE
    ) -> int:
        classes.append(number)
        labels.append(label)
        before.append([len(before), *preceding])
        entered_from.append(junction)
        return len(before) - 1

    silence = (-1, 0, "")
    first, may_start = [add(SILENCE, silence, ())], True
    arriving, chains = [list(first)], [0]
    for index, word in enumerate(words):
        starts: list[int] = []
        if word.after_other:
            starts.append(other := add(OTHER_SPEECH, silence, (), len(arriving) - 1))
            arriving.append([other, add(SILENCE, silence, [other])])
            chains.append(chains[-1])
        said: list[int] = []
        for phones in word.pronunciations:
            starts.append(at := add(INDEX[phones[0]], (index, 0, phones[0]), (), len(arriving) - 1))
            for position, phone in enumerate(phones[1:], 1):
                at = add(INDEX[phone], (index, position, phone), [at])
            said.append(at)
        if not word.pronunciations:
            said.append(at := add(OTHER_SPEECH, silence, (), len(arriving) - 1))
            starts.append(at)
        arriving.append([*said, add(SILENCE, silence, said)])
        chains.append(chains[-1] + (not word.optional))
        first += starts if may_start else []
        may_start = may_start and word.optional
    return _Network(
        np.array(classes, dtype=np.intp),
        labels,
        _table([(row, row[0]) for row in before]),
        np.array(entered_from, dtype=np.intp),
        np.array(first, dtype=np.intp),
        _table([(row, _NONE) for row in arriving]),
        np.array(chains, dtype=np.intp),
    )


def _table(rows: Sequence[tuple[Sequence[int], int]]) -> NDArray[np.intp]:
    """Columns of one length, each filled up with its own number."""
    length = max(len(row) for row, _ in rows)
    filled = [[*row, *[rest] * (length - len(row))] for row, rest in rows]
    return np.array(filled, dtype=np.intp).T.copy()


def _best_path(likelihoods: NDArray[np.float32], network: _Network) -> list[int]:
    """Of paths as likely as each other, the one that stays, and then the one that skips most."""
    frames, states = len(likelihoods), len(network.classes)
    if not frames:
        return []
    inside, junctions = len(network.before), len(network.chains)
    scores = np.full(states + 1, _IMPOSSIBLE)
    scores[_NONE] = -np.inf
    scores[network.first] = likelihoods[0, network.classes[network.first]]
    moves = np.empty((frames, states), np.min_scalar_type(inside))
    arrivals = np.empty((frames, junctions), np.min_scalar_type(len(network.arriving)))
    options = np.empty((inside + 1, states))
    reached = np.full(junctions + 1, -np.inf)
    for frame in range(1, frames):
        reached[:-1] = _settled(scores, network, arrivals[frame - 1])
        options[:inside] = scores[network.before]
        options[inside] = reached[network.entered_from]
        moves[frame] = options.argmax(axis=0)
        scores[:-1] = options.max(axis=0) + likelihoods[frame, network.classes]
    if _settled(scores, network, arrivals[-1])[-1] < _IMPOSSIBLE / 2:
        return []
    path = [_arrived(network, arrivals[-1], junctions - 1)]
    for frame in range(frames - 1, 0, -1):
        at, move = path[-1], moves[frame, path[-1]]
        if move < inside:
            path.append(int(network.before[move, at]))
        else:
            path.append(_arrived(network, arrivals[frame - 1], network.entered_from[at]))
    return path[::-1]


def _settled(
    scores: NDArray[np.float64], network: _Network, arrivals: NDArray[np.unsignedinteger]
) -> NDArray[np.float64]:
    """The best score at each junction; into `arrivals`, which of the states that arrive there has
    it, or one more than there are where it is that of the junction before."""
    arriving = scores[network.arriving]
    own: NDArray[np.float64] = np.max(arriving, axis=0)
    arrivals[:] = arriving.argmax(axis=0)
    if network.chains[-1] == len(own) - 1:
        return own
    # Complex numbers are ordered by their real parts first: the greatest so far in each chain.
    ranked = network.chains.astype(np.complex128)
    ranked.imag = own
    found = np.maximum.accumulate(ranked).imag
    passed = (network.chains[1:] == network.chains[:-1]) & (found[:-1] >= own[1:])
    arrivals[1:][passed] = len(network.arriving)
    return found


def _arrived(network: _Network, arrivals: NDArray[np.unsignedinteger], junction: int) -> int:
    """The state from which `junction` was reached."""
    while arrivals[junction] == len(network.arriving):
        junction -= 1
    return int(network.arriving[arrivals[junction], junction])
