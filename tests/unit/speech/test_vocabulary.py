from dataclasses import replace

import pytest

from shared.domain.analysis import VocabularyProfile, Word
from shared.speech.text import words_of
from shared.speech.vocabulary import b2_plus_word_share, vocabulary_profile

EASY = (
    "I live in a small town with my family and I like it very much. Every day I get up at seven "
    "and have breakfast with my mother, then I go to school by bus. On Sunday we visit my "
    "grandmother, who has a big garden and a black dog, and I am always happy there."
)
HARD = (
    "The notion that intelligence is immutable has been thoroughly discredited, yet it lingers in "
    "our institutions. Streaming pupils at an early age tends to entrench disparities, because "
    "teachers subconsciously tailor their expectations. A more nuanced approach would acknowledge "
    "that aptitude is shaped by perseverance, circumstance and meticulous feedback above "
    "all others that one may think of."
)


def profile(text, language="en", **changes):
    texts = words_of(text, language)
    words = [Word(item.text, result="filler" if item.is_filler else None) for item in texts]
    return vocabulary_profile(texts, [replace(word, **changes) for word in words])


def told(text):
    texts = words_of(text, "en")
    return [texts[index].text for index in profile(text).b2_plus_words]


def test_everyday_words_are_of_the_lower_levels():
    easy = profile(EASY)
    assert easy.a1 > 15
    assert easy.b2_plus == 0
    assert b2_plus_word_share(easy) == 0.0


def test_words_of_b2_and_above_are_counted_and_pointed_at():
    hard = profile(HARD)
    assert b2_plus_word_share(hard) > 0.4
    assert {"immutable", "meticulous", "perseverance"} <= set(told(HARD))
    assert len(hard.b2_plus_words) == hard.b2_plus


def test_a_word_counts_once_where_it_was_said_first():
    text = f"Meticulous. {EASY} Meticulous meticulous."
    assert profile(text).b2_plus == 1
    assert profile(text).b2_plus_words == (0,)


def test_names_numbers_and_fillers_are_no_choice_of_a_word():
    text = f"{EASY} We met Meticulous Lingers there in 1999, um, with Nuanced."
    assert profile(text) == profile(f"{EASY} We met there.")


def test_a_name_that_begins_a_sentence_is_none_either():
    assert told(f"{EASY} Helsinki is here. Um, Helsinki is here.") == []


def test_a_form_is_as_easy_as_its_verb():
    found = profile(f"{EASY} I found it. I was learning.")
    assert found.b2_plus == 0
    assert found.a1 >= profile(EASY).a1


@pytest.mark.parametrize("changes", [{"confidence": 0.49}, {"result": "repeated"}])
def test_words_unsure_or_said_again_are_left_out(changes):
    texts = words_of(HARD, "en")
    words = [Word(item.text) for item in texts]
    at = next(i for i, item in enumerate(texts) if item.text == "immutable")
    words[at] = replace(words[at], **changes)
    assert at not in vocabulary_profile(texts, words).b2_plus_words


def test_fewer_than_fifty_words_have_no_profile():
    text = " ".join(["house"] * 50)
    assert profile(text) == VocabularyProfile(a1=1, a2=0, b1=0, b2_plus=0, b2_plus_words=())
    assert profile(" ".join(["house"] * 49)) is None
    assert profile(" ".join(["house"] * 49 + ["um"])) is None


def test_a_share_needs_a_word_with_a_level():
    assert b2_plus_word_share(None) is None
    assert b2_plus_word_share(profile("the " * 50)) is None
    assert b2_plus_word_share(VocabularyProfile(1, 1, 1, 1, (0,))) == 0.25
