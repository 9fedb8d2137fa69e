from dataclasses import replace

import numpy as np
import pytest

from shared.speech.exchanges import DROPPED, VARIANTS, gains, part_of, places
from shared.speech.gaussians import ALONE, FIRST, INSIDE, LAST
from shared.speech.phone_alignment import PhoneSpan
from shared.speech.phones import INDEX, PHONES, SILENCE

NAMES = (*PHONES, "")
EACH = 3  # frames a phone
BESIDE = 4  # frames of silence before and after


def spans(*words):
    found = []
    for index, word in enumerate(words):
        for position, phone in enumerate(word.split()):
            start = BESIDE + EACH * len(found)
            found.append(PhoneSpan(index, position, phone, start, start + EACH))
    return found


def likelihoods(phones):
    said = [SILENCE] * BESIDE + [INDEX[phone] for phone in phones for _ in range(EACH)]
    rows = np.full((len(said) + BESIDE, SILENCE + 1), -6.0, dtype=np.float32)
    rows[np.arange(len(rows)), said + [SILENCE] * BESIDE] = -0.1
    return rows


def named(expected, said, row):
    heard, text = said.split(), spans(expected)
    frames = likelihoods(heard)
    found = gains(places(text, len(frames)), frames)[row]
    return NAMES[found.argmax()], found


@pytest.mark.parametrize(
    ("said", "expected", "row", "heard"),
    [
        ("S IH NG", "TH IH NG", 0, "S"),
        ("TH IH NG", "TH IH NG", 0, "TH"),
        ("L AY T", "R AY T", 0, "L"),
        ("S IH T", "S IY T", 1, "IH"),
    ],
)
def test_the_phone_that_was_said_gains_most(said, expected, row, heard):
    best, found = named(expected, said, row)
    assert best == heard
    assert found[INDEX[expected.split()[row]]] == 0


def test_a_phone_left_out_gains_by_its_absence():
    text = spans("F AO R")
    text[1:] = [replace(text[1], end=text[1].end - 1), replace(text[2], start=text[1].end - 1)]
    text.insert(2, PhoneSpan(0, 2, "TH", text[1].end, text[1].end + 1))
    text[3] = replace(text[3], position=3, start=text[2].end)
    frames = likelihoods(["F", "AO", "R"])
    found = gains(places(text, len(frames)), frames)[2]
    assert found[DROPPED] == found.max() > found[INDEX["TH"]] == 0


def test_a_gain_is_of_one_frame_of_the_phone():
    _, found = named("TH IH NG", "S IH NG", 0)
    assert found[INDEX["S"]] == pytest.approx(5.9)
    assert found[INDEX["V"]] == pytest.approx(0)


def test_every_row_has_every_variant():
    text = spans("TH IH NG K", "AH")
    frames = likelihoods(["TH", "IH", "NG", "K", "AH"])
    found = gains(places(text, len(frames)), frames)
    assert found.shape == (5, VARIANTS)
    assert (found[:, :DROPPED].argmax(axis=1) == [INDEX[span.phone] for span in text]).all()


def test_too_few_frames_gain_nothing():
    text = [PhoneSpan(0, 0, "TH", 0, 1)]
    found = gains(places(text, 1), likelihoods(["TH"])[:1])
    assert not found.any()


def test_a_phone_knows_where_in_its_word_it_is_and_what_is_beside_it():
    text = spans("K AE T", "AH")
    found = places(text, BESIDE + EACH * 4)
    assert found.inside[:, 0].tolist() == [FIRST, INSIDE, LAST, ALONE]
    assert found.before[2].tolist() == [INDEX["AE"], INDEX["K"]]
    assert found.after[2].tolist() == [INDEX["AH"], SILENCE]
    assert (found.starts[2], found.ends[2]) == (BESIDE + EACH, BESIDE + EACH * 4)


def test_a_pause_parts_neighbours():
    text = [PhoneSpan(0, 0, "K", 0, 3), PhoneSpan(0, 1, "AE", 9, 12)]
    found = places(text, 12)
    assert (found.after[0, 0], found.before[1, 0]) == (SILENCE, SILENCE)
    assert found.starts.tolist() == [0, 5]
    assert found.ends.tolist() == [7, 12]


def test_a_better_fit_of_another_phone_raises_its_gain_alone():
    text = spans("TH IH NG")
    frames = likelihoods(["TH", "IH", "NG"])
    before = gains(places(text, len(frames)), frames)[0]
    frames[BESIDE : BESIDE + EACH, INDEX["S"]] += 1.0
    after = gains(places(text, len(frames)), frames)[0]
    assert after[INDEX["S"]] > before[INDEX["S"]]
    others = [i for i in range(SILENCE) if i != INDEX["S"]]
    np.testing.assert_allclose(after[others], before[others], atol=1e-6)


def test_a_part_of_the_phones_gains_as_in_the_whole():
    text = spans("TH IH NG K", "AH")
    frames = likelihoods(["S", "IH", "NG", "K", "AH"])
    whole = places(text, len(frames))
    rows = np.array([1, 2])
    first = int(whole.starts[rows].min())
    part = gains(part_of(whole, rows, first), frames[first:])
    np.testing.assert_array_equal(part, gains(whole, frames)[rows])


def test_no_more_than_a_second_of_a_neighbour_is_looked_at():
    text = [PhoneSpan(0, 0, "K", 0, 500), PhoneSpan(0, 1, "AE", 500, 503)]
    found = places(text, 600)
    assert (found.starts[1], found.ends[1]) == (450, 507)
    assert found.ends[0] - found.starts[0] == 200
