"""Figures of pronunciation: planted errors, native speakers' false flags, experts' scores."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from bench.accuracy.delivery_findings import Analysis, Figures, Pairs
from bench.accuracy.detection import area_under_curve, pearson, share_below, threshold
from bench.accuracy.material import Experts, Planted

FALSE_FLAGS = 0.05
BAD_WORD, GOOD_WORD = 4, 9
_DROPPED = frozenset({"SIL", ""})
Word = Mapping[str, Any]


def is_flagged(word: Word) -> bool:
    return word.get("level") == "worth_checking" or word.get("result") == "mispronounced"


def flags(pairs: Pairs) -> Figures:
    """Words of the text that were said and scored, and how many of them are flagged."""
    words = [word for _, analysis in pairs for word in _read(analysis).values()]
    scored = [word for word in words if word.get("score") is not None]
    flagged = [word for word in scored if is_flagged(word)]
    return {
        "words": len(words),
        "scored": len(scored),
        "flagged": len(flagged),
        "share": len(flagged) / len(scored) if scored else None,
        "examples": sorted({str(word["text"]) for word in flagged}),
    }


def native_scores(pairs: Pairs) -> list[float]:
    return [
        float(word["score"])
        for recording, analysis in pairs
        if recording.group == "native"
        for word in _read(analysis).values()
        if word.get("score") is not None
    ]


def planted(pairs: Pairs, native: Sequence[float]) -> Figures:
    """Planted errors against the other words of the same recordings.

    `found_at_5` at the score that 5 % of the native speakers' words stay below, `flagged` as the
    engine itself tells, `named` the share of the flagged ones whose phone and what was said
    instead are right.
    """
    limit = threshold(native, FALSE_FLAGS)
    wrong: dict[str, list[tuple[Planted, Word]]] = defaultdict(list)
    right: list[float] = []
    false = 0
    for recording, analysis in pairs:
        errors = {error.index: error for error in recording.planted}
        for index, word in _read(analysis).items():
            if word.get("score") is None:
                continue
            if index in errors:
                wrong[errors[index].kind].append((errors[index], word))
            else:
                right.append(float(word["score"]))
                false += is_flagged(word)
    every = [item for items in wrong.values() for item in items]
    own = threshold(right, FALSE_FLAGS)
    return {
        "right_words": len(right),
        "right_words_flagged": false / len(right) if right else None,
        "all": _found(every, right, limit) | {"found_at_5_here": share_below(_scores(every), own)},
        "kinds": {kind: _found(wrong[kind], right, limit) for kind in sorted(wrong)},
    }


def learners(pairs: Pairs, native: Sequence[float]) -> Figures:
    """Pearson correlation with the experts' means and medians, and bad words against good."""
    scored = [(recording.experts, analysis) for recording, analysis in pairs if recording.experts]
    phones = [pair for experts, analysis in scored for pair in _phones(experts, analysis)]
    words = [
        (float(word["score"]), experts.words[index].accuracy)
        for experts, analysis in scored
        for index, word in _of_experts(experts, analysis).items()
        if word.get("score") is not None
    ]
    bad = [score for score, expert in words if expert <= BAD_WORD]
    good = [score for score, expert in words if expert >= GOOD_WORD]
    limit = threshold(native, FALSE_FLAGS)
    sentences = {
        "sentence accuracy": ("accuracy", "accuracy"),
        "sentence fluency": ("fluency", "fluency"),
        "sentence prosodic": ("prosody", "prosodic"),
        "sentence total": ("overall", "total"),
    }
    pairs_of = {"phone": phones, "word accuracy": words} | {
        name: _sentences(scored, *fields) for name, fields in sentences.items()
    }
    return {
        "sentences": len(scored),
        "without_scores": Counter(
            analysis["not_scorable_reason"] or "a part of the scores"
            for _, analysis in scored
            if not all(analysis["scores"].get(ours) for ours, _ in sentences.values())
        ),
        "expected_words": sum(len(experts.words) for experts, _ in scored),
        "pearson": {name: pearson(of_one) for name, of_one in pairs_of.items()},
        "compared": {name: len(of_one) for name, of_one in pairs_of.items()},
        "bad_words": len(bad),
        "good_words": len(good),
        "auc_bad_words": area_under_curve(bad, good),
        "bad_words_found_at_5": share_below(bad, limit),
        "good_words_below_that": share_below(good, limit),
    }


def names_error(word: Word, error: Planted) -> bool:
    """Whether a phone of the word is told as said in the planted way, first of all ways."""
    for phone in word.get("phones") or ():
        heard = (phone.get("heard_as") or [{}])[0].get("phone")
        same = heard in _DROPPED if error.said is None else heard == error.said
        if phone["phone"] == error.expected and heard is not None and same:
            return True
    return False


def _found(
    items: Sequence[tuple[Planted, Word]], right: Sequence[float], limit: float | None
) -> Figures:
    flagged = [(error, word) for error, word in items if is_flagged(word)]
    named = sum(names_error(word, error) for error, word in flagged)
    told = [(error, word) for error, word in items if _tells_a_phone(word)]
    return {
        "there": len(items),
        "auc": area_under_curve(_scores(items), right),
        "found_at_5": share_below(_scores(items), limit),
        "flagged": len(flagged) / len(items) if items else None,
        "named": named / len(flagged) if flagged else None,
        "named_of_told": sum(names_error(w, e) for e, w in told) / len(told) if told else None,
        "substituted": sum(word.get("result") == "substituted" for _, word in items),
    }


def _tells_a_phone(word: Word) -> bool:
    return any(phone.get("heard_as") for phone in word.get("phones") or ())


def _scores(items: Sequence[tuple[Planted, Word]]) -> list[float]:
    return [float(word["score"]) for _, word in items]


def _read(analysis: Analysis) -> dict[int, Word]:
    """The words of the text that were said, by their place in it."""
    return {
        word["reference_index"]: word
        for word in analysis["words"]
        if word.get("reference_index") is not None and word.get("result") != "omitted"
    }


def _of_experts(experts: Experts, analysis: Analysis) -> dict[int, Word]:
    indexed = {
        word["reference_index"]: word
        for word in analysis["words"]
        if word.get("reference_index") is not None
    }
    return {index: word for index, word in indexed.items() if index < len(experts.words)}


def _phones(experts: Experts, analysis: Analysis) -> list[tuple[float, float]]:
    """The same phones of each word in both pronunciations: (score, experts' mean)."""
    pairs = []
    for index, word in _of_experts(experts, analysis).items():
        ours, expert = word.get("phones") or (), experts.words[index]
        matcher = SequenceMatcher(None, [p["phone"] for p in ours], expert.phones, autojunk=False)
        for block in matcher.get_matching_blocks():
            for step in range(block.size):
                score = ours[block.a + step].get("score")
                if score is not None:
                    pairs.append((float(score), expert.phone_scores[block.b + step]))
    return pairs


def _sentences(
    scored: Sequence[tuple[Experts, Analysis]], ours: str, experts_name: str
) -> list[tuple[float, float]]:
    return [
        (float(analysis["scores"][ours]["value"]), float(getattr(experts, experts_name)))
        for experts, analysis in scored
        if analysis["scores"].get(ours)
    ]
