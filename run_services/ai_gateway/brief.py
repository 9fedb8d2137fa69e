"""An analysis in as few tokens as feedback needs: models are paid by the token.

Times of words are left out, because feedback says where by the words; so is whatever is as
expected.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from shared.domain.analysis import Analysis, Word
from shared.domain.documents import to_document

POOR_PHONE: Final = 60
UNSURE: Final = 0.5
LONG_PAUSE_S: Final = 1.0
_EDGE_S: Final = 0.06

Json = dict[str, Any]


def brief_of(analysis: Analysis) -> Json:
    """Scores, measures and warnings whole; of words and pauses what stands out.

    Words keep their index, because models cite a number they see and miscount one they do not.
    """
    document: Json = to_document(analysis)
    # Nor estimates: no feedback tells a level.
    for name in (
        "scorer_version",
        "transcriber",
        "transcript",
        "strictness",
        "estimates",
        "no_estimates_reason",
        "rescored_from",
    ):
        document.pop(name, None)
    document["measures"].pop("b2_plus_word_share", None)
    if vocabulary := document.pop("vocabulary", None):
        document["less_common_words"] = vocabulary["b2_plus_words"]
    for score in document["scores"].values():
        for evidence in score["evidence"]:
            evidence.pop("phone", None)
    words = [_word(index, word) for index, word in enumerate(analysis.words)]
    return document | {"words": words, "pauses": list(_pauses(analysis))}


def _word(index: int, word: Word) -> Json:
    brief: Json = {"index": index, "text": word.text}
    if word.result not in (None, "correct"):
        brief["result"] = word.result
    if word.heard is not None:
        brief["heard"] = word.heard
    if word.confidence is not None and word.confidence < UNSURE:
        brief["confidence"] = word.confidence
    if word.level not in (None, "clear"):
        brief |= {"level": word.level, "score": word.score}
    poor = [
        phone
        for phone in word.phones or ()
        if phone.score is not None and phone.score < POOR_PHONE and not phone.not_sure
    ]
    if poor:
        brief["phones"] = [
            {"phone": p.phone, "score": p.score, "heard_as": [h.phone for h in p.heard_as]}
            for p in poor
        ]
    return brief


def _pauses(analysis: Analysis) -> Iterator[Json]:
    for pause in analysis.pauses:
        if pause.within_clause or pause.duration_s >= LONG_PAUSE_S:
            yield {
                "before": _word_after(pause.end_s, analysis.words),
                "duration_s": pause.duration_s,
                "within_clause": pause.within_clause,
            }


def _word_after(end_s: float, words: Sequence[Word]) -> int | None:
    for index, word in enumerate(words):
        if word.start_s is not None and word.start_s >= end_s - _EDGE_S:
            return index
    return None
