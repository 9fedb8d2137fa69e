import numpy as np
import pytest

from shared.speech.phones import INDEX, SILENCE
from shared.speech.reading_network import Arc, best_reading

CAT, SAT = ("K", "AE", "T"), ("S", "AE", "T")


def likelihoods(*runs):
    """0 for each (phone or "", frames), -8 for all others."""
    rows = []
    for phone, frames in runs:
        row = np.full(SILENCE + 1, -8.0)
        row[INDEX[phone] if phone else SILENCE] = 0.0
        rows += [row] * frames
    return np.array(rows, dtype=np.float32)


def said(*words):
    return [(phone, 3) for word in words for phone in (*word, "")]


def arc(start, phones, end, cost=0.0):
    return Arc(start, end, tuple(INDEX[phone] if phone else SILENCE for phone in phones), cost)


def path(frames, *, omission=(5.0, 5.0), repetition=None, more=()):
    """Of "cat sat", with silence between them: arcs as numbers, "-" passed over, "<n" back by n."""
    arcs = [arc(0, CAT, 1), arc(1, SAT, 2), *(arc(at, ("",), at) for at in range(3)), *more]
    found = best_reading(frames, arcs, omission, repetition or {})
    quiet = range(2, 5)
    return [
        step.arc if step.arc is not None else f"<{step.back}" if step.back else "-"
        for step in found
        if step.arc not in quiet
    ]


def test_a_text_read_as_it_stands():
    assert path(likelihoods(*said(CAT, SAT))) == [0, 1]


@pytest.mark.parametrize(("frames", "expected"), [((SAT,), ["-", 1]), ((CAT,), [0, "-"])])
def test_a_word_left_out_at_either_end(frames, expected):
    assert path(likelihoods(*said(*frames))) == expected


def test_all_words_left_out():
    assert path(likelihoods(("", 6))) == ["-", "-"]


def test_a_word_is_not_left_out_where_that_costs_more_than_its_sounds():
    assert path(likelihoods(*said(SAT)), omission=(500.0, 500.0)) == [0, 1]


def test_words_taken_up_again():
    again = {1: [7.0, 7.0, 7.0], 2: [7.0, 7.0, 7.0]}
    assert path(likelihoods(*said(CAT, CAT, SAT)), repetition=again) == [0, "<1", 0, 1]
    assert path(likelihoods(*said(CAT, SAT, CAT, SAT)), repetition=again) == [0, 1, "<2", 0, 1]


def test_going_back_has_the_cost_of_where_it_begins():
    frames = likelihoods(*said(CAT, CAT, SAT))
    assert "<1" in path(frames, repetition={1: [500.0, 7.0, 500.0]})
    assert "<1" not in path(frames, repetition={1: [7.0, 500.0, 500.0]})


def test_an_arc_beside_the_text_is_taken_when_its_sounds_are_worth_its_cost():
    dog = ("D", "AO", "G")
    frames = likelihoods(*said(CAT, dog, SAT))
    assert path(frames, more=[arc(1, dog, 1, cost=17.0)]) == [0, 5, 1]
    assert 5 not in path(frames, more=[arc(1, dog, 1, cost=500.0)])


def test_steps_follow_each_other_through_all_frames():
    frames = likelihoods(("", 4), *said(CAT, CAT, SAT))
    arcs = [arc(0, CAT, 1), arc(1, SAT, 2), *(arc(at, ("",), at) for at in range(3))]
    steps = best_reading(frames, arcs, (5.0, 5.0), {1: [7.0] * 3})
    assert [step.start for step in steps[1:]] == [step.end for step in steps[:-1]]
    assert (steps[0].start, steps[-1].end) == (0, len(frames))
    assert steps[-1].junction == 2


def test_a_stop_does_not_take_in_a_word_beside_it():
    top, hop = ("T", "AA", "P"), ("HH", "AA", "P")
    blurred = likelihoods(("K", 3), ("AE", 3), ("T", 3), ("HH", 8), ("AA", 20), ("P", 3))
    blurred[:, INDEX["T"]] = np.maximum(blurred[:, INDEX["T"]], -1.0)
    frames = np.concatenate([blurred, likelihoods(*said(top))])
    arcs = [arc(0, CAT, 1), arc(1, top, 2), arc(1, hop, 1, cost=40.0)]
    arcs += [arc(at, ("",), at) for at in range(3)]
    assert 2 in [step.arc for step in best_reading(frames, arcs, (5.0, 5.0), {})]


def test_too_few_frames_for_the_words_that_must_be_said():
    assert best_reading(likelihoods(("K", 1)), [arc(0, CAT, 1)], (1e10,), {}) == []


def test_the_same_frames_give_the_same_path():
    rng = np.random.default_rng(3)
    frames = rng.normal(size=(60, SILENCE + 1)).astype(np.float32)
    arcs = [arc(0, CAT, 1), arc(1, SAT, 2), *(arc(at, ("",), at) for at in range(3))]
    first, second = (best_reading(frames, arcs, (5.0, 5.0), {1: [1.0] * 3}) for _ in range(2))
    assert first == second
