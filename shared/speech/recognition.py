"""When a recogniser is not to be believed: it repeats itself without end, or hears no language."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from shared.domain.transcription import AcousticFrames, HeardWord, Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.clarity import clear_share
from shared.speech.features import ENGLISH
from shared.speech.frames import Samples
from shared.speech.hearing import hearing_of
from shared.speech.measuring import recogniser_confidence
from shared.speech.pronunciations import known_pronunciations
from shared.speech.scoring import MIN_SPEECH_S
from shared.speech.sounds import listen
from shared.speech.text import word_of
from shared.speech.voice_activity import Segment, total_s

# Nobody says so many words in a second of voice; the fastest of the test recordings have 5.
MAX_WORDS_PER_S: Final = 6.5
MIN_WORDS: Final = 12
# Length of the text over its length in zlib. A poem with a refrain has 2.2, a stuck recogniser 4.
MAX_COMPRESSION: Final = 3.0
MIN_LANGUAGE_CONFIDENCE: Final = 0.6
# Confidence in the words plus that in the language, 0 to 2. Of 41 learners reading (speechocean762)
# two are below, with sentence scores under 6 of 10; of speech played backwards nearly all is.
MIN_CERTAINTY: Final = 0.95
MIN_CONFIDENCE: Final = 0.5
OTHER_LANGUAGE_CONFIDENCE: Final = 0.8
LEAST_CLEAR_SHARE: Final = 0.15
# Of free speech in English, names and numbers included; learners have up to 0.1.
MAX_UNKNOWN_WORDS: Final = 0.3
# In share of clear speech: a second hearing is without them.
_FILLERS_WORTH: Final = 0.1


def heard_again(
    transcription: Transcription,
    transcriber: Transcribes,
    samples: Samples,
    chunks: Sequence[Segment],
    segments: Sequence[Segment],
    *,
    language: str,
) -> Transcription:
    """The transcription with its runaway chunks heard once more, without keeping fillers.

    Asked to keep fillers and repetitions, Whisper at times repeats a phrase to the end of its
    window. What is heard then has no fillers, and says so. Raises as the transcriber does.
    """
    runaway = runaway_chunks(transcription.words, chunks, segments)
    if not runaway or not transcription.keeps_fillers or not transcriber.prompted:
        return transcription
    again = transcriber.transcribe(samples, runaway, language=language, keep_fillers=False)
    kept = [word for word in transcription.words if not _is_in(word, runaway)]
    # Recognisers may hear more than the chunks they were asked for.
    new = [word for word in again.words if _is_in(word, runaway)]
    words = sorted([*kept, *new], key=lambda word: word.start_s)
    return replace(transcription, words=tuple(words), keeps_fillers=False)


def heard_closely(
    transcription: Transcription,
    transcriber: Transcribes,
    samples: Samples,
    chunks: Sequence[Segment],
    segments: Sequence[Segment],
    *,
    language: str,
) -> tuple[Transcription, float | None]:
    """Free speech in English, with its share of clear speech where its words are in doubt.

    A recogniser prompted to keep fillers then hears it once more without, for the prompt leads it
    astray at times; that hearing is kept where a tenth more of it is clear, or the first has still
    runaway chunks. Without doubt or frames the transcription stays, and the share is None. Raises
    as the transcriber does.
    """
    if not is_doubtful(transcription, chunks, segments, language=language):
        return transcription, None

    def clear(frames: Sequence[AcousticFrames], *heard: Sequence[HeardWord]) -> Iterator[float]:
        sounds = listen(frames)
        for words in heard:
            yield clear_share(hearing_of(words, segments, language), sounds, chunks)

    if not transcriber.prompted:
        frames = transcriber.encode(samples, chunks)
        return transcription, next(clear(frames, transcription.words)) if frames else None
    again = transcriber.transcribe(
        samples, chunks, language=language, keep_fillers=False, frames_of=chunks
    )
    if not again.frames:
        return transcription, None
    first, second = clear(again.frames, transcription.words, again.words)
    runs_away = runaway_chunks(transcription.words, chunks, segments)
    if not runs_away and first + _FILLERS_WORTH >= second:
        return transcription, first
    return replace(transcription, words=again.words, keeps_fillers=False), second


def is_doubtful(
    transcription: Transcription,
    chunks: Sequence[Segment],
    segments: Sequence[Segment],
    *,
    language: str,
) -> bool:
    """Whether the recogniser alone would have free speech refused."""
    return is_other_language(transcription, segments, language=language) or is_unintelligible(
        transcription, chunks, segments, language=language
    )


def is_other_language(
    transcription: Transcription,
    segments: Sequence[Segment],
    *,
    language: str,
    clear_share: float | None = None,
) -> bool:
    """Only when the recogniser is sure, and heard enough: accents mislead it.

    Some speech that is clearly English outweighs it.
    """
    return (
        transcription.language is not None
        and transcription.language.split("-")[0].lower() != language
        and (transcription.language_confidence or 0.0) >= OTHER_LANGUAGE_CONFIDENCE
        and total_s(segments) >= MIN_SPEECH_S
        and (clear_share is None or clear_share < LEAST_CLEAR_SHARE)
    )


def is_unintelligible(
    transcription: Transcription,
    chunks: Sequence[Segment],
    segments: Sequence[Segment],
    *,
    language: str,
    clear_share: float | None = None,
) -> bool:
    """Whether the words of free speech are the recogniser's own rather than the speaker's.

    Words that no dictionary has; more words than can be said; a phrase over and over in a language
    it is not sure of, since speakers too repeat themselves; or words of no likelihood, for which
    the share of clear speech, where it is known, decides instead.
    """
    if language == ENGLISH and _is_gibberish(transcription.words):
        return True
    words, sure_of_language = transcription.words, _sure_of(language, transcription)
    unsure = sure_of_language is not None and sure_of_language < MIN_LANGUAGE_CONFIDENCE
    for chunk in chunks:
        heard = _heard_in(words, chunk)
        if _is_too_fast(heard, chunk, segments) or (unsure and _is_repeating(heard)):
            return True
    if clear_share is not None:
        return clear_share < LEAST_CLEAR_SHARE
    confidence = recogniser_confidence(words)
    if confidence is None:
        return False
    faint = sure_of_language is not None and confidence + sure_of_language < MIN_CERTAINTY
    return faint or confidence < MIN_CONFIDENCE


def runaway_chunks(
    words: Sequence[HeardWord], chunks: Sequence[Segment], segments: Sequence[Segment]
) -> list[Segment]:
    """The chunks whose words repeat themselves, or are too many for the speech they hold."""
    heard = [(chunk, _heard_in(words, chunk)) for chunk in chunks]
    return [
        chunk for chunk, each in heard if _is_too_fast(each, chunk, segments) or _is_repeating(each)
    ]


def _sure_of(language: str, transcription: Transcription) -> float | None:
    """Confidence that it is `language`; of another one found, at most what that leaves."""
    found, confidence = transcription.language, transcription.language_confidence
    if confidence is None or found is None or found.split("-")[0].lower() == language:
        return confidence
    return min(confidence, 1 - confidence)


def _is_gibberish(words: Sequence[HeardWord]) -> bool:
    texts = [text for word in words if (text := word_of(word.text, ENGLISH))]
    unknown = sum(not known_pronunciations(text) for text in texts)
    return len(texts) >= MIN_WORDS and unknown > MAX_UNKNOWN_WORDS * len(texts)


def _is_too_fast(heard: Sequence[HeardWord], chunk: Segment, segments: Sequence[Segment]) -> bool:
    inside = [min(end, chunk[1]) - max(start, chunk[0]) for start, end in segments]
    speech_s = sum(seconds for seconds in inside if seconds > 0)
    return len(heard) >= MIN_WORDS and len(heard) > MAX_WORDS_PER_S * speech_s


def _is_repeating(heard: Sequence[HeardWord]) -> bool:
    text = " ".join(word.text for word in heard).encode()
    return len(heard) >= MIN_WORDS and len(text) > MAX_COMPRESSION * len(zlib.compress(text))


def _heard_in(words: Sequence[HeardWord], chunk: Segment) -> list[HeardWord]:
    return [word for word in words if _is_in(word, [chunk])]


def _is_in(word: HeardWord, chunks: Sequence[Segment]) -> bool:
    middle = (word.start_s + word.end_s) / 2
    return any(start <= middle <= end for start, end in chunks)
