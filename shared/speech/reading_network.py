"""The likeliest way through a text that was read with words left out, said again or exchanged.

A Viterbi search over the frames of a recording. Between two words of the text stands a junction.
Arcs of sounds lead from one junction to another, or back to the same one; words are passed over,
and taken up again, at a cost and in no time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.phones import INDEX

LONGEST_STOP: Final = 16  # frames; else a stop at a word's edge takes in a whole word beside it
_TOO_LONG: Final = 2.0  # nats for each frame more
_STOPS: Final = [INDEX[phone] for phone in ("P", "T", "K", "B", "D", "G", "CH", "JH")]
_IMPOSSIBLE: Final = -1e9
_STAY, _ADVANCE, _ENTER = 0, 1, 2
_START: Final = -1
_PASSED_OVER: Final = -2
_ONE_BACK: Final = -3  # -4 is two words back, and so on


@dataclass(frozen=True, slots=True)
class Arc:
    """From junction to junction through `classes`, each for at least one frame; `cost` in nats."""

    start: int
    end: int
    classes: tuple[int, ...]
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """Arc number `arc` from frame `start` to before frame `end`, on the way to `junction`.

    Without an arc, the word before `junction` was passed over, or, with `back`, so many words are
    taken up again from `junction` on.
    """

    arc: int | None
    start: int
    end: int
    junction: int
    back: int = 0


def best_reading(
    likelihoods: NDArray[np.float32],
    arcs: Sequence[Arc],
    omission: Sequence[float],
    repetition: Mapping[int, Sequence[float]],
) -> list[Step]:
    """The steps of the best path in order; [] when no path takes these frames.

    `likelihoods` (frames, classes) in nats; `omission` the cost of passing over each word, so that
    there is one junction more; `repetition`, by a number of words, the cost of going back by them
    from each junction.
    """
    back = {size: np.asarray(costs)[size:] for size, costs in repetition.items()}
    search = _Search(_States.of(arcs, len(omission) + 1), np.asarray(omission), back)
    return search.steps() if search.finds(likelihoods) else []


@dataclass(frozen=True, slots=True)
class _States:
    """The sounds of all arcs in a row. By state: `classes`, `arcs`, the state `before`, whether it
    `is_stop`; by arc: its `first` state, `starts`, `costs`; by junction: `exits`."""

    classes: NDArray[np.intp]
    arcs: NDArray[np.intp]
    before: NDArray[np.intp]
    is_stop: NDArray[np.bool_]
    first: NDArray[np.intp]
    starts: NDArray[np.intp]
    costs: NDArray[np.float64]
    exits: NDArray[np.intp]

    @classmethod
    def of(cls, arcs: Sequence[Arc], junctions: int) -> "_States":
        sizes = np.array([len(arc.classes) for arc in arcs], dtype=np.intp)
        last = np.cumsum(sizes) - 1
        first, count = last - sizes + 1, int(sizes.sum())
        before = np.arange(count) - 1
        before[first] = count
        exits: list[list[int]] = [[] for _ in range(junctions)]
        for arc, state in zip(arcs, last.tolist(), strict=True):
            exits[arc.end].append(state)
        width = max(map(len, exits))
        classes = np.array([each for arc in arcs for each in arc.classes], dtype=np.intp)
        return cls(
            classes=classes,
            arcs=np.repeat(np.arange(len(arcs)), sizes),
            before=before,
            is_stop=np.isin(classes, _STOPS),
            first=first,
            starts=np.array([arc.start for arc in arcs], dtype=np.intp),
            costs=np.array([arc.cost for arc in arcs]),
            exits=np.array([each + [count] * (width - len(each)) for each in exits], dtype=np.intp),
        )


class _Search:
    def __init__(
        self,
        states: _States,
        omission: NDArray[np.float64],
        repetition: Mapping[int, NDArray[np.float64]],
    ) -> None:
        self._states, self._repetition = states, repetition
        self._passing = np.concatenate([[0.0], np.cumsum(omission)])

    def finds(self, likelihoods: NDArray[np.float32]) -> bool:
        """Whether a path takes all the frames from the first junction to the last."""
        states, frames = self._states, len(likelihoods)
        count, junctions = len(states.classes), len(states.exits)
        self._moves = np.empty((frames, count), dtype=np.int8)
        self._reached = np.empty((frames + 1, junctions), dtype=np.int32)
        self._settled = np.empty((frames + 1, junctions), dtype=np.int32)
        scores = np.full(count + 1, _IMPOSSIBLE)  # the last stands for no state
        dwelt = np.zeros(count, dtype=np.int32)
        best = np.full(junctions, _IMPOSSIBLE)
        best[0] = 0.0
        best = self._settle(0, best, np.full(junctions, _START))
        every = np.arange(junctions)
        options = np.full((3, count), _IMPOSSIBLE)
        for frame in range(frames):
            options[_STAY] = scores[:-1] - _TOO_LONG * (dwelt > LONGEST_STOP)
            options[_ADVANCE] = scores[states.before]
            options[_ENTER, states.first] = best[states.starts] - states.costs
            moves = options.argmax(axis=0)
            self._moves[frame] = moves
            dwelt = np.where((moves == _STAY) & states.is_stop, dwelt + 1, 0)
            scores[:-1] = options.max(axis=0) + likelihoods[frame, states.classes]
            ended = scores[states.exits]
            sources = ended.argmax(axis=1)
            best = self._settle(frame + 1, ended[every, sources], states.exits[every, sources])
        return bool(best[-1] > _IMPOSSIBLE / 2)

    def _settle(
        self, frame: int, reached: NDArray[np.float64], sources: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """The junctions once words are taken up again or passed over, which takes no time."""
        best, came = reached.copy(), sources.copy()
        for size, costs in self._repetition.items():
            offered = reached[size:] - costs
            better = offered > best[:-size]
            best[:-size][better] = offered[better]
            came[:-size][better] = _ONE_BACK + 1 - size
        unpassed = best + self._passing
        passed = np.maximum.accumulate(unpassed)
        came[passed > unpassed] = _PASSED_OVER
        self._reached[frame], self._settled[frame] = sources, came
        return np.asarray(passed - self._passing, dtype=np.float64)

    def steps(self) -> list[Step]:
        """The best path, found backwards."""
        states, junction, frame = self._states, len(self._states.exits) - 1, len(self._moves)
        steps: list[Step] = []
        source = int(self._settled[frame, junction])
        while source != _START:
            if source == _PASSED_OVER:
                steps.append(Step(None, frame, frame, junction))
                junction -= 1
            elif source <= _ONE_BACK:
                back = _ONE_BACK + 1 - source
                steps.append(Step(None, frame, frame, junction, back))
                junction += back
                source = int(self._reached[frame, junction])
                continue
            else:
                start = self._entered(source, frame)
                arc = int(states.arcs[source])
                steps.append(Step(arc, start, frame, junction))
                frame, junction = start, int(states.starts[arc])
            source = int(self._settled[frame, junction])
        return steps[::-1]

    def _entered(self, state: int, end: int) -> int:
        """The frame in which the arc was entered that ends in `state` before frame `end`."""
        frame = end - 1
        while (move := self._moves[frame, state]) != _ENTER:
            state = int(self._states.before[state]) if move == _ADVANCE else state
            frame -= 1
        return frame
