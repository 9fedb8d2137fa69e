"""The levels of the words chosen in free speech. English only."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from shared.domain.analysis import VocabularyProfile, Word
from shared.speech.inflection import common_verbs
from shared.speech.text import TextWord

if TYPE_CHECKING:
    from cefrpy import CEFRAnalyzer  # type: ignore[import-untyped]

MIN_WORDS: Final = 50
MIN_CONFIDENCE: Final = 0.5
_A2, _B1, _B2 = 2.0, 3.0, 4.0
_NAME: Final = "NNP"
_LISTED: Final = """
    a about above across after against ain't all along also although always am an and another any
    anybody anyone anything are around as at away back be because been before behind being below
    between beyond both but by can could did do does doing done down during each either else
    enough even ever every everybody everyone everything few for from gonna gotta had has have
    having he her here hers herself him himself his how i if in into is it its itself just least
    less like lot lots many maybe me mine more most much must my myself near neither never no
    nobody none nor not nothing now of off often oh ok okay on one only onto or other others ought
    our ours ourselves out over own per perhaps quite rather really shall she should since so some
    somebody someone something sometimes soon still such than that the their theirs them
    themselves then there these they thing things this those though through till to together too
    toward towards under until up upon us very via was we well were what when where whether which
    while who whom whose why will with within without would yeah yes yet you your yours yourself
"""
_FUNCTION_WORDS: Final = frozenset(_LISTED.split())


def vocabulary_profile(
    texts: Sequence[TextWord], words: Sequence[Word]
) -> VocabularyProfile | None:
    """How many different content words are of each level; None below 50 words.

    `texts` and `words` are the same words side by side. A word has the lowest level that any of
    its parts of speech has in cefrpy (M. Bielikov; A1 to B2 after the CEFR-J Wordlist of
    Y. Tono; above that and for words not in it by their frequency in Google Books, so B2 and above
    are one). Left out: fillers, first tries of restarts, function words, numbers, proper names,
    words the recogniser was unsure of and those without a level.
    """
    if sum(word.result not in ("filler", "repeated") for word in words) < MIN_WORDS:
        return None
    first_use: dict[str, int] = {}
    for index, unit in _content_words(texts, words):
        first_use.setdefault(unit, index)
    levels = {unit: level for unit in first_use if (level := _level(unit)) is not None}
    return VocabularyProfile(
        a1=sum(level < _A2 for level in levels.values()),
        a2=sum(_A2 <= level < _B1 for level in levels.values()),
        b1=sum(_B1 <= level < _B2 for level in levels.values()),
        b2_plus=sum(level >= _B2 for level in levels.values()),
        b2_plus_words=tuple(first_use[unit] for unit, level in levels.items() if level >= _B2),
    )


def b2_plus_word_share(profile: VocabularyProfile | None) -> float | None:
    """Content-word types of B2 or above / all with a level, 0 to 1; None where none is known.

    A lexical frequency profile (B. Laufer & P. Nation 1995, Applied Linguistics 16) by levels in
    place of bands of frequency.
    """
    if profile is None:
        return None
    known = profile.a1 + profile.a2 + profile.b1 + profile.b2_plus
    return profile.b2_plus / known if known else None


def _content_words(texts: Sequence[TextWord], words: Sequence[Word]) -> Iterator[tuple[int, str]]:
    begins_sentence = True
    for index, (text, word) in enumerate(zip(texts, words, strict=True)):
        is_sure = word.confidence is None or word.confidence >= MIN_CONFIDENCE
        if is_sure and word.result not in ("filler", "repeated"):
            is_capital = text.text[0].isupper()
            for unit in text.spoken if text.text.isalpha() or "-" in text.text else ():
                is_name = is_capital and (not begins_sentence or _NAME in _levels(unit))
                if unit not in _FUNCTION_WORDS and not is_name:
                    yield index, unit
        begins_sentence = text.ends_sentence or (begins_sentence and text.is_filler)


def _level(word: str) -> float | None:
    """From 1.0 (A1) to 6.0 (C2); a form of a common verb is as easy as the verb."""
    base = common_verbs().base_of.get(word, word)
    levels = [
        level for form in {word, base} for pos, level in _levels(form).items() if pos != _NAME
    ]
    return min(levels, default=None)


def _levels(word: str) -> Mapping[str, float]:
    """By Penn Treebank part of speech; none for a word that is not listed."""
    found: Mapping[str, float] | None = _analyzer().get_pos_level_dict_for_word(
        word, pos_tag_as_string=True, word_level_as_float=True
    )
    return found or {}


@cache
def _analyzer() -> "CEFRAnalyzer":
    # Reads 2.5 MB, which readings and short answers do without.
    from cefrpy import CEFRAnalyzer  # noqa: PLC0415

    return CEFRAnalyzer()
