from dataclasses import replace

import pytest

from shared.domain.analysis import Word
from shared.speech.calibration import calibration
from shared.speech.marking import (
    EXCELLENT,
    FUNCTION_WORDS,
    LEAST_FIT,
    NOT_HEARD,
    accuracy_of,
    is_of_the_text,
    mark_words,
)
from shared.speech.pronunciation import SpokenPhone, SpokenText
from shared.speech.text import words_of
from shared.speech.text_evidence import TextEvidence

TEXT = words_of("The think xyzzy bat", "en")
BAD, GOOD = 0.2, 1.0


def spoken(*words):
    """Each word as (score, expected phones, phones heard, "" for one left out)."""
    scores, phones = {}, {}
    for index, (score, expected, heard) in enumerate(words):
        scores[index] = score
        phones[index] = []
        for position, (phone, actual) in enumerate(zip(expected, heard, strict=True)):
            wrong = phone != actual
            start_s = 0.06 * position
            error = (actual if wrong else "ZH", 0.99 if wrong else 0.01)
            of_phone = BAD if wrong else GOOD
            phones[index].append(SpokenPhone(phone, start_s, start_s + 0.06, of_phone, error))
    return SpokenText(scores, phones, [(0.9, len(words))], frozenset())


def marked(sounds, *texts, result="correct", strictness="standard"):
    words = [
        Word(text, 0.0, 0.5, reference_index=index, result=result)
        for index, text in enumerate(texts)
    ]
    return mark_words(words, words_of(" ".join(texts), "en"), sounds, strictness)


THINK = ["TH", "IH", "NG", "K"]


def test_a_bad_word_is_worth_checking_and_the_phone_named():
    (word,) = marked(spoken((BAD, THINK, ["S", "IH", "NG", "K"])), "think")
    assert (word.result, word.level, word.score) == ("mispronounced", "worth_checking", 20)
    first, *rest = word.phones
    assert (first.phone, first.ipa, first.score) == ("TH", "θ", 20)
    assert first.heard_as[0].phone == "S"
    assert first.heard_as[0].ipa == "s"
    assert 0.5 < first.heard_as[0].share <= 1
    assert all(phone.heard_as == () for phone in rest)


def test_a_good_word_is_clear():
    (word,) = marked(spoken((GOOD, THINK, THINK)), "think")
    assert (word.result, word.level, word.score) == ("correct", "clear", 100)
    assert [phone.phone for phone in word.phones] == THINK


def test_between_the_two_nobody_is_sure():
    limits = calibration()
    between = (limits.worth_checking_below["standard"] + limits.clear_from) / 2
    (word,) = marked(spoken((between, THINK, THINK)), "think")
    assert (word.result, word.level) == ("correct", "not_sure")


@pytest.mark.parametrize("word", sorted(FUNCTION_WORDS))
def test_function_words_are_never_flagged(word):
    (found,) = marked(spoken((0.0, ["DH", "IH", "NG"], ["L", "IH", "NG"])), word)
    assert (found.result, found.level, found.score) == ("correct", "not_sure", 0)


def test_a_word_no_dictionary_lists_is_never_flagged():
    (found,) = marked(spoken((BAD, ["R", "EH", "D"], ["L", "EH", "D"])), "woodcutters")
    assert (found.result, found.level) == ("correct", "not_sure")


@pytest.mark.parametrize("strictness", ["lenient", "standard", "strict"])
def test_a_word_whose_likeliest_fault_is_a_weak_contrast_is_only_not_sure(strictness):
    sounds = spoken((0.0, ["B", "AE", "T"], ["B", "EH", "T"]))
    (told,) = marked(sounds, "bat", strictness=strictness)
    assert (told.result, told.level) == ("mispronounced", "worth_checking")
    (found,) = marked(replace(sounds, weak=frozenset({0})), "bat", strictness=strictness)
    assert (found.result, found.level, found.score) == ("correct", "not_sure", told.score)


@pytest.mark.parametrize(
    ("word_score", "phone_score", "probability", "not_sure"),
    [
        (BAD, BAD, 0.01, True),
        (BAD, GOOD, 0.99, True),
        (BAD, GOOD, 0.01, None),
        (GOOD, BAD, 0.99, None),
    ],
    ids=["low", "named", "neither", "in a clear word"],
)
def test_a_phone_at_fault_says_when_its_contrast_is_weak(
    word_score, phone_score, probability, not_sure
):
    said = SpokenPhone("NG", 0.0, 0.06, phone_score, ("N", probability), weak=True)
    sounds = SpokenText({0: word_score}, {0: [said]}, [(0.9, 1)], frozenset())
    (word,) = marked(sounds, "bat")
    assert word.phones[0].not_sure is not_sure


def test_strictness_moves_the_threshold_and_not_the_score():
    limits = calibration().worth_checking_below
    assert limits["lenient"] < limits["standard"] < limits["strict"]
    between = (limits["standard"] + limits["strict"]) / 2
    sounds = spoken((between, THINK, ["S", "IH", "NG", "K"]))
    found = {name: marked(sounds, "think", strictness=name)[0] for name in limits}
    assert {name: word.result for name, word in found.items()} == {
        "lenient": "correct",
        "standard": "correct",
        "strict": "mispronounced",
    }
    assert len({word.score for word in found.values()}) == 1


def test_a_phone_that_was_left_out():
    four = ["F", "AO", "R", "TH"]
    sounds = spoken((BAD, four, ["F", "AO", "R", ""]))
    (word,) = marked(sounds, "fourth")
    assert word.phones[3].heard_as[0].phone == NOT_HEARD


def test_other_results_stay_and_what_was_not_said_scores_nothing():
    sounds = spoken((BAD, THINK, ["S", "IH", "NG", "K"]))
    (word,) = marked(sounds, "think", result="substituted")
    assert (word.result, word.level) == ("substituted", "worth_checking")
    silent = replace(sounds, scores={}, phones={})
    (word,) = marked(silent, "think", result="omitted")
    assert (word.result, word.score, word.phones) == ("omitted", 0, None)


def test_added_words_and_unknown_ones_are_left_alone():
    sounds = replace(spoken(), unknown=frozenset({0}))
    unknown = Word("xyzzy", 0, 1, reference_index=0, result="correct")
    added = Word("well", 1, 2, result="inserted")
    assert mark_words([unknown, added], TEXT[2:3], sounds) == (unknown, added)


def test_the_accuracy_is_the_sentences_by_their_words():
    sounds = replace(spoken(), sentences=[(EXCELLENT, 3), (EXCELLENT / 2, 1)])
    assert accuracy_of(sounds) == pytest.approx(0.875)
    assert accuracy_of(replace(sounds, sentences=[(1.0, 5)])) == 1.0
    assert accuracy_of(replace(sounds, sentences=[])) == 0.0


def test_sounds_of_the_text_outweigh_what_was_recognised():
    (word,) = marked(spoken((GOOD, THINK, THINK)), "think", result="substituted")
    assert (word.result, word.score) == ("correct", 92)
    assert (word.start_s, word.end_s) == (0.0, 0.5)
    assert len(word.phones) == 4


@pytest.mark.parametrize("score", [BAD, GOOD])
def test_a_word_that_the_alignment_left_out_was_not_read(score):
    omitted = Word("think", reference_index=0, result="omitted")
    (word,) = mark_words([omitted], words_of("think", "en"), spoken((score, THINK, THINK)))
    assert word == replace(omitted, score=0)


def test_a_text_is_told_by_its_sounds():
    assert is_of_the_text(TextEvidence((), frozenset(), fit=LEAST_FIT))
    assert not is_of_the_text(TextEvidence((), frozenset(), fit=LEAST_FIT - 0.01))
