import numpy as np

from shared.speech.phone_alignment import ExpectedWord, align_phones
from shared.speech.phones import INDEX, SILENCE

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
