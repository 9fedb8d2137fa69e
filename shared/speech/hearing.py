"""What was heard, fitted to where speech was found, as words of the analysis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from shared.domain.analysis import Word, WordResult
from shared.domain.transcription import HeardWord
from shared.speech.alignment import AlignedWord, repetitions
from shared.speech.fluency import MIN_PAUSE_S, SpokenWord
from shared.speech.syllables import count_syllables
from shared.speech.text import TextWord, joined_sounds, word_of, words_of
from shared.speech.voice_activity import Segment, joined

TOLERANCE_S: Final = 0.3
_SHORTEST_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Hearing:
    """Heard words and the same words taken apart, side by side."""

    words: tuple[HeardWord, ...]
    texts: tuple[TextWord, ...]

    @property
    def transcript(self) -> str:
        return " ".join(word.text for word in self.words)


def hearing_of(words: Sequence[HeardWord], segments: Sequence[Segment], language: str) -> Hearing:
    """The words in or within 0.3 s of speech; recognisers invent others in silence.

    A word stretched over a pause is cut to the side its end is on, since recognisers give the
    silence to the word after it.
    """
    runs = joined(segments, MIN_PAUSE_S)
    fitted = [fit for word in words if (fit := _fitted(word, runs))]
    pairs = [(word, text) for word in fitted if (text := word_of(word.text, language))]
    return Hearing(tuple(word for word, _ in pairs), tuple(text for _, text in pairs))


def read_words(
    aligned: Sequence[AlignedWord], reference: Sequence[TextWord], hearing: Hearing
) -> tuple[Word, ...]:
    """The words of a reading, in the order of the text, additions where they were said."""
    words: list[Word] = []
    for item in aligned:
        heard = hearing.words[item.heard.start : item.heard.stop]
        if not item.heard:
            words += [_omitted(reference[i], i) for i in item.reference]
        elif not item.reference:
            words.append(_said(hearing, item.heard.start, item.result))
        else:
            words += _shared_out(item, reference, heard, hearing.texts[item.heard.start])
    return tuple(words)


def free_words(hearing: Hearing) -> tuple[Word, ...]:
    """The words of free speech: only fillers and restarts have a result."""
    first_tries = {index for run in repetitions(hearing.texts) for index in run}
    return tuple(
        _said(hearing, i, "filler" if text.is_filler else "repeated" if i in first_tries else None)
        for i, text in enumerate(hearing.texts)
    )


def spoken_words(
    hearing: Hearing, aligned: Sequence[AlignedWord] = (), reference: Sequence[TextWord] = ()
) -> list[SpokenWord]:
    """For the measures of flow; the text's own punctuation counts where the word was read."""
    read_as = {
        index: reference[item.reference.stop - 1]
        for item in aligned
        if item.reference
        for index in item.heard[-1:]
    }
    return [
        SpokenWord(
            text=text.text,
            start_s=word.start_s,
            end_s=word.end_s,
            syllables=count_syllables([text]),
            is_filler=text.is_filler and index not in read_as,
            ends_clause=read_as.get(index, text).ends_clause,
            units=len(text.spoken),
        )
        for index, (word, text) in enumerate(zip(hearing.words, hearing.texts, strict=True))
    ]


def is_recognised(word: Word, expected: TextWord, language: str) -> bool:
    """Whether what was recognised for a word of the text is that word, in whatever spelling.

    So is a part of what covers several words ("maybe"), and any numeral, which is not spelt as it
    was said.
    """
    if word.heard is None or any(char.isdigit() for char in word.heard):
        return True
    heard = words_of(word.heard, language)
    spelt = "".join(min(each.readings) for each in heard)
    if any(reading in spelt for reading in expected.readings):
        return True
    return not expected.sounds.isdisjoint(joined_sounds(heard))


def count_restarts(hearing: Hearing, aligned: Sequence[AlignedWord] | None = None) -> int:
    """Restarts in free speech, or those in a reading that the text does not ask for."""
    if aligned is None:
        return len(repetitions(hearing.texts))
    said = [item.result for item in aligned if item.result != "filler"]
    return sum(result == "repeated" for result, _ in groupby(said))


def _fitted(word: HeardWord, runs: Sequence[Segment]) -> HeardWord | None:
    near = [
        (start, end)
        for start, end in runs
        if start - TOLERANCE_S <= word.end_s and word.start_s <= end + TOLERANCE_S
    ]
    if not near:
        return None
    cuts = [(max(word.start_s, start), min(word.end_s, end)) for start, end in near]
    inside = [cut for cut in cuts if cut[1] - cut[0] >= _SHORTEST_S]
    if not inside:
        return word
    return replace(word, start_s=round(inside[-1][0], 3), end_s=round(inside[-1][1], 3))


def _said(hearing: Hearing, index: int, result: WordResult | None) -> Word:
    word = hearing.words[index]
    return Word(
        text=hearing.texts[index].text,
        start_s=word.start_s,
        end_s=word.end_s,
        confidence=word.confidence,
        result=result,
    )


def _omitted(expected: TextWord, index: int) -> Word:
    return Word(text=expected.text, reference_index=index, result="omitted")


def _shared_out(
    item: AlignedWord,
    reference: Sequence[TextWord],
    heard: Sequence[HeardWord],
    said: TextWord,
) -> list[Word]:
    """One word for each of the text; where one heard word covers several, by their letters."""
    expected = [reference[i] for i in item.reference]
    start, length = heard[0].start_s, heard[-1].end_s - heard[0].start_s
    letters = [len(word.text) for word in expected]
    known = [word.confidence for word in heard if word.confidence is not None]
    heard_text = " ".join([said.text, *(word.text for word in heard[1:])])
    words, done = [], 0
    for index, (word, count) in enumerate(zip(expected, letters, strict=True)):
        begin, done = done, done + count
        differs = heard_text.casefold() != word.text.casefold()
        words.append(
            Word(
                text=word.text,
                start_s=round(start + length * begin / sum(letters), 3),
                end_s=round(start + length * done / sum(letters), 3),
                confidence=min(known, default=None),
                reference_index=item.reference.start + index,
                result=item.result,
                heard=heard_text if differs else None,
            )
        )
    return words
