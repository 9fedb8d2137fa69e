"""The measured result of one recording.

Times are seconds from the start of the recording, scores integers 0 to 100, phones ARPAbet with
IPA beside. `None` means "not known" and is left out of the document.
"""

from dataclasses import dataclass, field
from typing import Literal

from shared.domain.transcription import Transcriber

WordResult = Literal[
    "correct", "mispronounced", "substituted", "omitted", "inserted", "repeated", "filler"
]
Level = Literal["clear", "worth_checking", "not_sure"]
Strictness = Literal["lenient", "standard", "strict"]
Confidence = Literal["high", "medium", "low"]
CefrLevel = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
NoEstimates = Literal[
    "not_spontaneous",
    "not_scorable",
    "other_language",
    "too_little_speech",
    "doubtful_recording",
    "too_few_measures",
]


@dataclass(frozen=True, slots=True)
class HeardPhone:
    """A competitor of a phone; `share` 0 to 1 of the evidence."""

    phone: str
    ipa: str
    share: float


@dataclass(frozen=True, slots=True)
class Phone:
    """`not_sure` where what it may have been instead is a contrast that the engine hears badly."""

    phone: str
    ipa: str
    start_s: float
    end_s: float
    score: int | None = None
    heard_as: tuple[HeardPhone, ...] = ()
    not_sure: bool | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word: said, or expected and omitted (then without times).

    `text` is the reference's spelling where there is one, `heard` what was recognised where that
    differs. `reference_index` counts the reference's words from 0.
    """

    text: str
    start_s: float | None = None
    end_s: float | None = None
    confidence: float | None = None
    reference_index: int | None = None
    result: WordResult | None = None
    heard: str | None = None
    score: int | None = None
    level: Level | None = None
    phones: tuple[Phone, ...] | None = None


@dataclass(frozen=True, slots=True)
class RecurringPhone:
    """A sound that was off in so many of the words read with it, too often for chance.

    `heard_as` is the sound most of them were heard as, `share` being the share that were; `words`
    are the indices of those at fault. See `recurring_phones.py`.
    """

    phone: str
    ipa: str
    words_at_fault: int
    words_with_phone: int
    words: tuple[int, ...]
    heard_as: HeardPhone | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence of at least 0.25 s inside the speech, after one word and before another."""

    start_s: float
    end_s: float
    duration_s: float
    after: str | None = None
    before: str | None = None
    within_clause: bool | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """Delivery as numbers; each name ends in its unit. Formulas: `speech/measuring.py`."""

    speech_rate_wpm: float | None = None
    speech_rate_syll_per_min: float | None = None
    articulation_rate_syll_per_s: float | None = None
    average_syllable_duration_s: float | None = None
    phonation_time_ratio: float | None = None
    pauses_per_min: float | None = None
    mean_pause_s: float | None = None
    long_pauses_per_word: float | None = None
    very_long_pauses_count: int | None = None
    mid_clause_pause_share: float | None = None
    mean_length_of_run_syll: float | None = None
    filled_pauses_per_min: float | None = None
    repetitions_per_100_words: float | None = None
    self_corrections_per_100_words: float | None = None
    types_per_s: float | None = None
    mattr_50: float | None = None
    mtld: float | None = None
    b2_plus_word_share: float | None = None
    recogniser_confidence: float | None = None
    vowel_npvi: float | None = None
    pitch_range_st: float | None = None
    pitch_sd_st: float | None = None
    loudness_variation_db: float | None = None
    level_dbfs: float | None = None
    snr_db: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a score rests on: a measure by name, or a word (and phone) by index into `words`."""

    value: float
    measure: str | None = None
    word: int | None = None
    phone: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    value: int
    confidence: Confidence
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy and completeness exist only for a reading of a known text."""

    overall: Score | None = None
    accuracy: Score | None = None
    fluency: Score | None = None
    completeness: Score | None = None
    prosody: Score | None = None


@dataclass(frozen=True, slots=True)
class CefrEstimate:
    """From level to level, never one alone; `basis` names the measures it rests on."""

    low: CefrLevel
    high: CefrLevel
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IeltsEstimate:
    """From band to band in halves, never one alone; `basis` names the measures it rests on."""

    low: float
    high: float
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estimates:
    """Where spontaneous speech of such delivery usually lies; practice, no examination's result."""

    cefr: CefrEstimate
    ielts: IeltsEstimate


@dataclass(frozen=True, slots=True)
class AnalysisWarning:
    """Something that lowers the worth of the numbers: quiet, clipped, noisy, damaged, short, …"""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class VocabularyProfile:
    """Different content words by CEFR level; `b2_plus_words` are the indices of their first uses.

    See `speech/vocabulary.py`.
    """

    a1: int
    a2: int
    b1: int
    b2_plus: int
    b2_plus_words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LanguageFinding:
    """What is most likely an error of grammar; `words` are indices of the analysis's words.

    `suggestion` stands for those words together; None where no single wording is right.
    """

    words: tuple[int, ...]
    rule: str
    message: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """`strictness` and `recurring_phones` exist only where the words of a reading have levels.

    `vocabulary` (from 50 words on) and `language_findings` exist only for free speech in English.
    `rescored_from` is the version before, where stored features were judged again.
    """

    scorer_version: str
    transcriber: Transcriber
    language: str
    transcript: str
    words: tuple[Word, ...]
    pauses: tuple[Pause, ...]
    measures: Measures
    scores: Scores
    warnings: tuple[AnalysisWarning, ...] = ()
    not_scorable_reason: str | None = field(default=None, metadata={"null": True})
    estimates: Estimates | None = None
    no_estimates_reason: NoEstimates | None = None
    strictness: Strictness | None = None
    recurring_phones: tuple[RecurringPhone, ...] | None = None
    vocabulary: VocabularyProfile | None = None
    language_findings: tuple[LanguageFinding, ...] | None = None
    rescored_from: str | None = None
