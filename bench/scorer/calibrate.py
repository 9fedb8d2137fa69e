"""Thresholds of the scorer, from held-out scores of native speakers, and the file that ships."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.scorer.alterations import ALTERED
from bench.scorer.corpus import NATIVE
from bench.scorer.measures import Scored, area_under_curve
from bench.scorer.readings import Example
from shared.speech.marking import FUNCTION_WORDS
from shared.speech.text import words_of

# The share of all words of native speakers that each strictness may flag.
FALSE_FLAGS: Final = {"lenient": 0.015, "standard": 0.03, "strict": 0.06}
_CLEAR: Final = 0.08
_NAMED_PHONES: Final = 0.10


def write(
    path: Path,
    examples: Sequence[Example],
    scored: Mapping[str, Scored],
    priors: NDArray[np.float32],
    correlations: Mapping[str, float],
) -> None:
    natives = [e for e in examples if e.reading.kind == NATIVE]
    each_words, each_told = zip(*(_words(e, scored) for e in natives), strict=True)
    words, told = np.concatenate(each_words), np.concatenate(each_told)
    flagged = {
        name: round(float(np.sort(words[told])[round(share * len(words))]) / 10, 4)
        for name, share in FALSE_FLAGS.items()
    }
    phones = np.concatenate([scored[e.reading.id].phones for e in natives]) / 2
    standard = 10 * flagged["standard"]
    found = {
        "version": 1,
        "made_by": "bench/scorer",
        "data": "speechocean762, train split (Junbo Zhang et al., Interspeech 2021; CC BY 4.0), "
        f"and {len(natives)} readings of native speakers with {len(words)} words",
        "method": "Scores from networks that had not heard the speaker; thresholds are quantiles "
        "of the native speakers' scores: by strictness, the share of all their words, function "
        "words never flagged, that may be flagged.",
        "false_flags": FALSE_FLAGS,
        "worth_checking_below": flagged,
        "clear_from": round(float(np.quantile(words, _CLEAR)) / 10, 4),
        "phone_below": round(float(np.quantile(phones, _NAMED_PHONES)), 4),
        "log_priors": [round(float(prior), 4) for prior in priors],
        "held_out": {name: round(value, 3) for name, value in correlations.items()}
        | planted(examples, scored, standard),
    }
    path.write_text(json.dumps(found, indent=1) + "\n")


def planted(
    examples: Sequence[Example], scored: Mapping[str, Scored], threshold: float
) -> dict[str, float]:
    """How well errors planted in native speakers' readings are found."""
    natives = {e.reading.id: e for e in examples if e.reading.kind == NATIVE}
    bad, good = [], []
    for e in examples:
        source, _, word = e.reading.id.partition("~")
        if e.reading.kind == ALTERED and source in natives:
            scores = scored[e.reading.id].words
            at = int(word.split("~")[0])
            bad.append(scores[at])
            good.append(np.delete(scores, at))
    positive, negative = np.array(bad), np.concatenate(good)
    return {
        "AUC of planted errors": round(area_under_curve(-positive, -negative), 3),
        "planted errors found": round(float((positive < threshold).mean()), 3),
        "words flagged beside them": round(float((negative < threshold).mean()), 3),
    }


def _words(
    example: Example, scored: Mapping[str, Scored]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    text = words_of(example.reading.text, "en")
    told = np.array([word.text.casefold() not in FUNCTION_WORDS for word in text])
    said = np.isin(np.arange(len(text)), example.evidence.words)
    return scored[example.reading.id].words[said], told[said]
