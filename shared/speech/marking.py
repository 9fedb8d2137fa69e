"""Measured pronunciation on the words of an analysis: scores, levels, what was heard instead."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.domain.analysis import HeardPhone, Level, Phone, Strictness, Word
from shared.speech.calibration import calibration
from shared.speech.features import ENGLISH
from shared.speech.hearing import is_recognised
from shared.speech.phones import IPA
from shared.speech.pronunciation import SpokenPhone, SpokenText
from shared.speech.text import TextWord
from shared.speech.text_evidence import TextEvidence
from shared.speech.unlisted import is_unlisted
from shared.speech.variants import LEFT_OUT

NOT_HEARD: Final = "SIL"  # ARPAbet's silence, for a phone that was left out
_NOT_HEARD_IPA: Final = "∅"
_FUNCTION_WORDS: Final = """
    a am an and are as at be been but by can could did do does don't for from had has have he her
    him his i i'm if in into is it it's its just me my not of on or our she should so some than
    that that's the their them then there these they this those to too up us was we were what when
    which who will with would you your
"""
# Said in many ways by everybody, and no use to a learner to be told about.
FUNCTION_WORDS: Final = frozenset(_FUNCTION_WORDS.split())
# What a word keeps of its score when the recogniser did not hear it.
NOT_RECOGNISED: Final = 0.92
# Mean log posterior of a text's phones: of 150 learners' readings all are above -2.9, of texts that
# somebody else read all are below -3.4.
LEAST_FIT: Final = -3.15
EXCELLENT: Final = 0.9  # what the experts call an excellent sentence starts at 9 of 10


def mark_words(
    words: Sequence[Word],
    text: Sequence[TextWord],
    spoken: SpokenText,
    strictness: Strictness = "standard",
) -> tuple[Word, ...]:
    """The words with their phones, score (0 to 100) and level; `mispronounced` if worth checking.

    Where the recogniser heard another word and the sounds are those of the text, the word counts as
    read. A word left out stays so: the alignment has listened for it, and its words are the
    transcript's. A stricter setting moves the threshold of worth checking, not the score. A
    function word, one that no dictionary lists and one whose likeliest fault is a weak contrast
    are never worth checking.
    """
    return tuple(
        word if word.reference_index is None else _marked(word, text, spoken, strictness)
        for word in words
    )


def is_of_the_text(evidence: TextEvidence) -> bool:
    """Whether the sounds are those of the text, whatever was recognised."""
    return evidence.fit >= LEAST_FIT


def accuracy_of(spoken: SpokenText) -> float:
    """0 to 1: the sentences' accuracy by their words, 1 for what experts call excellent."""
    words = sum(count for _, count in spoken.sentences)
    mean = sum(score * count for score, count in spoken.sentences) / words if words else 0.0
    return min(1.0, mean / EXCELLENT)


def delivery_of(spoken: SpokenText) -> dict[str, float]:
    """Fluency and prosody, 0 to 1 as the experts would hear them; 1 is what they call excellent."""
    if spoken.delivery is None:
        return {}
    heard = {"fluency": spoken.delivery.fluency, "prosody": spoken.delivery.prosody}
    return {name: min(1.0, value / EXCELLENT) for name, value in heard.items()}


def _marked(
    word: Word, text: Sequence[TextWord], spoken: SpokenText, strictness: Strictness
) -> Word:
    index = word.reference_index or 0
    if index in spoken.unknown:
        return word
    if word.result == "omitted":
        return replace(word, score=0)
    score = spoken.scores.get(index, 0.0)
    if word.result != "correct" or not is_recognised(word, text[index], ENGLISH):
        score *= NOT_RECOGNISED
    least = calibration().worth_checking_below["standard"]
    if word.result == "substituted" and score >= least:
        word = replace(word, result="correct")
    phones = tuple(map(_phone, spoken.phones.get(index, [])))
    below = score < calibration().worth_checking_below[strictness]
    level: Level = "clear" if score >= calibration().clear_from else "not_sure"
    if below and index not in spoken.weak and _may_be_told(text[index]):
        level = "worth_checking"
    told = level == "worth_checking" and word.result == "correct"
    if level == "clear":
        phones = tuple(replace(phone, heard_as=(), not_sure=None) for phone in phones)
    return replace(
        word,
        result="mispronounced" if told else word.result,
        score=round(100 * score),
        level=level,
        phones=phones,
    )


def _may_be_told(word: TextWord) -> bool:
    is_function_word = word.text.casefold() in FUNCTION_WORDS
    return not is_function_word and not any(is_unlisted(unit) for unit in word.spoken)


def _phone(said: SpokenPhone) -> Phone:
    heard_as = _heard_as(said)
    at_fault = bool(heard_as) or said.score < calibration().clear_from
    return Phone(
        phone=said.phone,
        ipa=IPA[said.phone],
        start_s=round(said.start_s, 3),
        end_s=round(said.end_s, 3),
        score=round(100 * said.score),
        heard_as=heard_as,
        not_sure=True if at_fault and said.weak else None,
    )


def _heard_as(said: SpokenPhone) -> tuple[HeardPhone, ...]:
    """The likeliest error, where it is known well enough to be told."""
    name, probability = said.error
    if probability < calibration().named_from:
        return ()
    if name == LEFT_OUT:
        return (HeardPhone(NOT_HEARD, _NOT_HEARD_IPA, round(probability, 2)),)
    return (HeardPhone(name, IPA[name], round(probability, 2)),)
