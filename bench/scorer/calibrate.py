"""Thresholds of the scorer, from held-out scores of native speakers, and the file that ships."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.scorer.alterations import ALTERED
from bench.scorer.corpus import NATIVE, PLANTED
from bench.scorer.kinds import kinds
from bench.scorer.measures import Scored, area_under_curve
from bench.scorer.naming import Naming
from bench.scorer.readings import Example
from shared.speech.marking import FUNCTION_WORDS
from shared.speech.text import words_of

# The share of all words of native speakers that each strictness may flag.
FALSE_FLAGS: Final = {"lenient": 0.015, "standard": 0.03, "strict": 0.06}
_CLEAR: Final = 0.08
_TOP, _FALSE = 10.0, 0.05


def write(
    path: Path,
    examples: Sequence[Example],
    shares: Sequence[NDArray[np.float32]],
    scored: Mapping[str, Scored],
    priors: NDArray[np.float32],
    naming: Naming,
    correlations: Mapping[str, float],
) -> None:
    natives = [e for e in examples if e.reading.kind == NATIVE]
    each_words, each_told = zip(*(_words(e, scored) for e in natives), strict=True)
    words, told = np.concatenate(each_words), np.concatenate(each_told)
    flagged = {
        name: round(float(np.sort(words[told])[round(share * len(words))]) / 10, 4)
        for name, share in FALSE_FLAGS.items()
    }
    standard = 10 * flagged["standard"]
    found = {
        "version": 1,
        "made_by": "bench/scorer",
        "data": "speechocean762, train split (Junbo Zhang et al., Interspeech 2021; CC BY 4.0), "
        f"{len(natives)} readings of native speakers with {len(words)} words, and "
        f"{sum(e.reading.kind == PLANTED for e in examples)} readings of synthetic voices with "
        "errors",
        "method": "Scores from networks that had not heard the speaker, nor a synthetic voice's "
        "synthesiser; thresholds are quantiles of the native speakers' scores: by strictness, the "
        "share of all their words, function words never flagged, that may be flagged. The name of "
        "an error is told where a logistic regression over the synthetic voices' errors trusts it.",
        "false_flags": FALSE_FLAGS,
        "worth_checking_below": flagged,
        "clear_from": round(float(np.quantile(words, _CLEAR)) / 10, 4),
        "naming": [round(float(weight), 4) for weight in naming.weights],
        "named_from": round(naming.least, 4),
        "log_priors": [round(float(prior), 4) for prior in priors],
        "held_out": {name: round(value, 3) for name, value in correlations.items()}
        | altered(examples, scored, standard)
        | spoken(examples, scored, words, standard)
        | {
            "errors of synthetic voices named": round(naming.found, 3),
            "names right": round(naming.right, 3),
        },
        "kinds": kinds(examples, shares, scored, standard, strictest(words)),
    }
    path.write_text(json.dumps(found, indent=1) + "\n")


def altered(
    examples: Sequence[Example], scored: Mapping[str, Scored], threshold: float
) -> dict[str, float]:
    """How well errors planted in the text of native speakers' readings are found."""
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
        "AUC of errors planted in the text": round(area_under_curve(-positive, -negative), 3),
        "errors planted in the text found": round(float((positive < threshold).mean()), 3),
        "words flagged beside them": round(float((negative < threshold).mean()), 3),
    }


def spoken(
    examples: Sequence[Example],
    scored: Mapping[str, Scored],
    natives: NDArray[np.float32],
    threshold: float,
) -> dict[str, float]:
    """How well errors that synthetic voices make are found, by networks without their synthesiser.

    `natives` are the scores of all words of native speakers.
    """
    of_voices = [e for e in examples if e.reading.kind == PLANTED]
    words = np.concatenate([scored[e.reading.id].words for e in of_voices])
    labels = np.concatenate([e.word_scores for e in of_voices])
    said = words > 0
    bad, good = words[said & (labels < _TOP)], words[said & (labels == _TOP)]
    return {
        "AUC of errors of synthetic voices": round(area_under_curve(-bad, -good), 3),
        "errors of synthetic voices found": round(float((bad < threshold).mean()), 3),
        "those found at 5 % of native words": round(float((bad < strictest(natives)).mean()), 3),
    }


def strictest(natives: NDArray[np.float32]) -> float:
    """The score under which 5 % of the words of `natives` lie."""
    return float(np.sort(natives)[round(_FALSE * len(natives))])


def _words(
    example: Example, scored: Mapping[str, Scored]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    text = words_of(example.reading.text, "en")
    told = np.array([word.text.casefold() not in FUNCTION_WORDS for word in text])
    said = np.isin(np.arange(len(text)), example.evidence.words)
    return scored[example.reading.id].words[said], told[said]
