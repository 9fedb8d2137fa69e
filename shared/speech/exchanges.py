"""How much better a phone's sound fits another phone in its place, or none.

An extended recognition network (Harrison et al., SLaTE 2009) around each phone: the phones beside
it stay and may give and take frames, the phone itself is exchanged for every other one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.gaussians import ALONE, FIRST, INSIDE, LAST, States, triphones
from shared.speech.phone_alignment import PhoneSpan
from shared.speech.phones import INDEX, SILENCE

VARIANTS: Final = SILENCE + 1
DROPPED: Final = SILENCE  # the last variant: the phone was left out
_PAUSE_FRAMES: Final = 3
_EDGE_FRAMES: Final = 4  # of the silence beside a phone
_FAR: Final = 50  # frames of a neighbour that are looked at, at most
_LONGEST: Final = 200  # frames of all three
_MOST: Final = 50.0  # nats a frame
_IMPOSSIBLE: Final = -1e9


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where each phone of a sentence is: one row a phone.

    `phones` with the two `before` and the two `after` (n, 2), nearest first, silence for a pause;
    `inside` the places in the word of the phone and of those beside it (n, 3); `starts` and
    `ends` of the frames shared with them, `sizes` of its own.
    """

    phones: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    inside: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sizes: NDArray[np.int64]


def part_of(found: Places, rows: NDArray[np.int64], first: int) -> Places:
    """Some of the phones, in frames from `first` on."""
    part = Places(*(getattr(found, each.name)[rows] for each in fields(Places)))
    return replace(part, starts=part.starts - first, ends=part.ends - first)


def places(spans: Sequence[PhoneSpan], frames: int) -> Places:
    """`frames` that there are."""
    numbers = [INDEX[span.phone] for span in spans]
    words = [None, *(span.word for span in spans), None]
    in_word = [
        {(True, True): INSIDE, (False, True): FIRST, (True, False): LAST}.get((left, right), ALONE)
        for at in range(1, len(words) - 1)
        for left, right in [(words[at] == words[at - 1], words[at] == words[at + 1])]
    ]

    def beside(at: int, step: int) -> int | None:
        """The phone there, without a pause between."""
        other = at + step
        if not 0 <= other < len(spans):
            return None
        first, second = sorted((at, other))
        return None if spans[second].start - spans[first].end > _PAUSE_FRAMES else other

    rows = []
    for at, span in enumerate(spans):
        left, right = beside(at, -1), beside(at, 1)
        further = None if left is None else beside(left, -1)
        beyond = None if right is None else beside(right, 1)
        around = [SILENCE if i is None else numbers[i] for i in (left, further, right, beyond)]
        kinds = [INSIDE if i is None else in_word[i] for i in (at, left, right)]
        start = max(0, span.start - _EDGE_FRAMES) if left is None else spans[left].start
        end = min(frames, span.end + _EDGE_FRAMES) if right is None else spans[right].end
        start, end = max(start, span.start - _FAR), min(end, span.end + _FAR)
        end = min(end, start + _LONGEST)
        rows.append([numbers[at], *around, *kinds, start, end, span.end - span.start])
    table = np.array(rows, dtype=np.int64)
    phones, before, after, inside, limits = np.split(table, (1, 3, 5, 8), axis=1)
    return Places(phones[:, 0], before, after, inside, *limits.T)


def gains(found: Places, likelihoods: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log likelihood of each variant against the phone expected, by frame of it: (n, VARIANTS).

    `likelihoods` (frames, phones + silence), natural logarithms.
    """
    shape = (len(found.phones), SILENCE)
    variants = np.broadcast_to(np.arange(SILENCE), shape)
    left, right = (np.broadcast_to(each[:, :1], shape) for each in (found.before, found.after))
    exchanged = np.stack([left, variants, right], axis=2)
    dropped = np.stack([found.before[:, 0], found.after[:, 0]], axis=1)[:, None]
    return _gains(found, likelihoods, exchanged, dropped, frames=1)


def acoustic_gains(found: Places, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same from `scores` (2 x frames, states) of the acoustic model's triphones."""
    variants = np.arange(SILENCE)[None, :]
    phone, left, right = (found.inside[:, at : at + 1] for at in range(3))
    before, after = found.before[:, :1], found.after[:, :1]
    exchanged = [
        triphones(before, found.before[:, 1:], variants, left),
        triphones(variants, before, after, phone),
        triphones(after, variants, found.after[:, 1:], right),
    ]
    dropped = [
        triphones(before, found.before[:, 1:], after, left),
        triphones(after, before, found.after[:, 1:], right),
    ]
    states = np.concatenate(exchanged, axis=2)
    return _gains(found, scores, states, np.concatenate(dropped, axis=2), frames=2)


def _gains(
    found: Places, scores: NDArray[np.float32], exchanged: States, dropped: States, *, frames: int
) -> NDArray[np.float32]:
    """`exchanged` (n, phones, states) and `dropped` (n, 1, states) are columns of `scores`."""
    starts, ends = frames * found.starts, frames * found.ends
    of_each = exchanged.shape[2] // 3
    totals = np.concatenate(
        [_best_paths(scores, states, starts, ends, of_each) for states in (exchanged, dropped)],
        axis=1,
    )
    expected = totals[np.arange(len(totals)), found.phones][:, None]
    by_frame = (totals - expected) / (frames * found.sizes[:, None])
    possible = (totals > _IMPOSSIBLE / 2) & (expected > _IMPOSSIBLE / 2)
    return np.where(possible, by_frame, 0.0).clip(-_MOST, _MOST).astype(np.float32)


def _best_paths(
    scores: NDArray[np.float32],
    states: States,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    of_each: int,
) -> NDArray[np.float64]:
    """The best path from left to right through each row of `states` (n, variants, states), from
    any of the first phone's states to any of the last one's: (n, variants)."""
    rows = np.arange(len(starts))
    reached = np.full(states.shape, _IMPOSSIBLE)
    reached[..., :of_each] = scores[starts[:, None, None], states[..., :of_each]]
    found = np.full(states.shape[:2], _IMPOSSIBLE)
    lengths = ends - starts
    for step in range(int(lengths.max())):
        if step:
            at = np.minimum(starts + step, ends - 1)
            np.maximum(reached[..., 1:], reached[..., :-1], out=reached[..., 1:])
            reached += scores[at[:, None, None], states]
        done = rows[lengths == step + 1]
        found[done] = reached[done, :, -of_each:].max(axis=2)
    return found
