from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
import pytest

from shared.speech.phone_alignment import (
    OTHER_SPEECH,
    ExpectedWord,
    _network,
    align_phones,
)
from shared.speech.phones import INDEX, PHONES, SILENCE

NO_PRIORS = np.zeros(SILENCE + 1, dtype=np.float32)


def posteriors(*runs):
    """Log posteriors that are sure of each (phone or "", frames)."""
    rows = []
    for phone, frames in runs:
        row = np.full(SILENCE + 1, 0.001)
        row[INDEX[phone] if phone else SILENCE] = 1
        rows += [np.log(row / row.sum())] * frames
    return np.array(rows, dtype=np.float32)


def word(*pronunciations, **options):
    return ExpectedWord(tuple(tuple(said.split()) for said in pronunciations), **options)


def spans(found):
    return [(span.word, span.phone, span.start, span.end) for span in found]


CAT = (("", 3), ("K", 2), ("AE", 5), ("T", 2))


def test_phones_are_where_they_were_said():
    found = align_phones(
        posteriors(*CAT, ("", 4), ("S", 3), ("AE", 4), ("T", 2)),
        NO_PRIORS,
        [word("K AE T"), word("S AE T")],
    )
    assert spans(found) == [
        (0, "K", 3, 5),
        (0, "AE", 5, 10),
        (0, "T", 10, 12),
        (1, "S", 16, 19),
        (1, "AE", 19, 23),
        (1, "T", 23, 25),
    ]
    assert [span.position for span in found] == [0, 1, 2, 0, 1, 2]


def test_the_pronunciation_that_was_used_is_found():
    found = align_phones(
        posteriors(("K", 2), ("AA", 5), ("T", 2)), NO_PRIORS, [word("K AE T", "K AA T")]
    )
    assert [span.phone for span in found] == ["K", "AA", "T"]


def test_a_wrong_phone_still_has_its_place():
    found = align_phones(posteriors(("S", 3), ("IH", 4), ("NG", 3)), NO_PRIORS, [word("TH IH NG")])
    assert [span.phone for span in found] == ["TH", "IH", "NG"]
    assert spans(found)[2] == (0, "NG", 7, 10)


def test_an_optional_word_is_passed_over_when_it_is_not_there():
    words = [word("K AE T"), word("B IH G", optional=True), word("S AE T")]
    said = align_phones(posteriors(*CAT, ("S", 3), ("AE", 4), ("T", 2)), NO_PRIORS, words)
    assert {span.word for span in said} == {0, 2}
    whole = posteriors(*CAT, ("B", 2), ("IH", 3), ("G", 2), ("S", 3), ("AE", 4), ("T", 2))
    assert {span.word for span in align_phones(whole, NO_PRIORS, words)} == {0, 1, 2}


def test_what_is_not_in_the_text_belongs_to_no_word():
    frames = posteriors(*CAT, ("L", 4), ("UW", 6), ("P", 3), ("S", 3), ("AE", 4), ("T", 2))
    found = align_phones(frames, NO_PRIORS, [word("K AE T"), word("S AE T", after_other=True)])
    assert (found[2].end, found[3].start) == (12, 25)


def test_a_word_of_unknown_sound_takes_its_time_and_no_phones():
    frames = posteriors(*CAT, ("L", 4), ("UW", 6), ("S", 3), ("AE", 4), ("T", 2))
    found = align_phones(frames, NO_PRIORS, [word("K AE T"), ExpectedWord(()), word("S AE T")])
    assert spans(found)[2:4] == [(0, "T", 10, 12), (2, "S", 22, 25)]


def test_too_few_frames_for_the_text():
    assert align_phones(posteriors(("K", 2)), NO_PRIORS, [word("K AE T")]) == []
    assert align_phones(posteriors()[:0].reshape(0, SILENCE + 1), NO_PRIORS, [word("K AE T")]) == []


def test_many_words_left_out_before_one_that_was_said():
    missing = [word("S IH NG", optional=True) for _ in range(100)]
    found = align_phones(posteriors(*CAT), NO_PRIORS, [*missing, word("K AE T")])
    assert spans(found) == [(100, "K", 3, 5), (100, "AE", 5, 10), (100, "T", 10, 12)]


def test_many_words_left_out_between_two_that_were_said():
    missing = [word("S IH NG", optional=True) for _ in range(200)]
    said = [word("K AE T"), *missing, word("S AE T")]
    frames = posteriors(*CAT, ("", 4), ("S", 3), ("AE", 4), ("T", 2))
    found = align_phones(frames, NO_PRIORS, said)
    assert [span.word for span in found] == [0, 0, 0, 201, 201, 201]


Said = list[tuple[int, int, str]]  # word, position, phone
QUIET = (-1, 0, "")
OTHER = (-1, 1, "")


def ways_to_say(words: list[ExpectedWord]) -> Iterator[Said]:
    """Every sequence of sounds that a reading of the words may be."""
    parts: list[list[Said]] = [[[], [QUIET]]]
    for index, each in enumerate(words):
        if each.after_other:
            parts.append([[], [OTHER], [OTHER, QUIET]])
        said = [
            [(index, position, phone) for position, phone in enumerate(phones)]
            for phones in each.pronunciations
        ] or [[OTHER]]
        with_quiet = [[*way, *quiet] for way in said for quiet in ([], [QUIET])]
        parts.append([*with_quiet, *([[]] if each.optional else [])])
    for choice in product(*parts):
        yield [sound for part in choice for sound in part]


def best_by_force(frames: np.ndarray, words: list[ExpectedWord]) -> list[tuple[int, str, int, int]]:
    """Each way by itself, with the best ends for its sounds."""
    other = frames[:, :SILENCE].max(axis=1, keepdims=True) - 1
    scores = np.concatenate([frames, other], axis=1).astype(np.float64)
    numbers = {QUIET: SILENCE, OTHER: OTHER_SPEECH}
    found: tuple[float, list[tuple[int, str, int, int]]] = (-np.inf, [])
    for way in ways_to_say(words):
        if not 0 < len(way) <= len(frames):
            continue
        own = scores[:, [numbers.get(sound) or INDEX[sound[2]] for sound in way]]
        total = np.full(own.shape, -np.inf)
        total[:, 0] = np.cumsum(own[:, 0])
        moved = np.zeros(own.shape, dtype=bool)
        for at in range(1, len(own)):
            for k in range(1, len(way)):
                moved[at, k] = total[at - 1, k - 1] > total[at - 1, k]
                total[at, k] = max(total[at - 1, k - 1], total[at - 1, k]) + own[at, k]
        edges, k = [len(own)], len(way) - 1
        for at in range(len(own) - 1, 0, -1):
            if moved[at, k]:
                edges.append(at)
                k -= 1
        ends = pairwise([0, *edges[::-1]])
        told = [(s[0], s[2], a, b) for s, (a, b) in zip(way, ends, strict=True) if s[2]]
        found = max(found, (float(total[-1, -1]), told))
    return found[1]


@pytest.mark.parametrize("seed", range(50))
def test_the_best_of_all_ways_to_say_a_text_is_found(seed):
    random = np.random.default_rng(seed)
    # No phone is in two words or twice in one: no two ways are as likely as each other.
    words = [
        ExpectedWord(
            [
                [PHONES[4 * index + i] for i in random.permutation(4)[: random.integers(1, 3)]]
                for _ in range(random.integers(0, 3))
            ],
            optional=random.random() < 0.6,
            after_other=random.random() < 0.3,
        )
        for index in range(random.integers(1, 6))
    ]
    shares = random.dirichlet(np.full(SILENCE + 1, 0.05), random.integers(4, 12)) + 1e-5
    frames = np.log(shares).astype(np.float32)
    assert spans(align_phones(frames, NO_PRIORS, words)) == best_by_force(frames, words)


@pytest.mark.parametrize("optional", [True, False])
def test_the_ways_through_a_text_are_as_many_for_each_word_however_long_it_is(optional):
    def arcs_per_word(words: int) -> float:
        each = word("S IH NG", "S AE NG", optional=optional, after_other=optional)
        network = _network([each] * words)
        tables = (network.before, network.entered_from, network.arriving, network.chains)
        return sum(table.size for table in tables) / words

    assert arcs_per_word(300) <= arcs_per_word(3)
    assert arcs_per_word(3) < 100
