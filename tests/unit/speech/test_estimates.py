"""Practice estimates: intervals, monotone in each measure, withheld where they would mislead."""

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shared.speech.estimates
from shared.domain.analysis import CefrLevel, Measures
from shared.speech.estimates import MIN_MEASURES, anchors, estimate, why_no_estimates

DATA = json.loads(
    Path(shared.speech.estimates.__file__).with_name("estimate_anchors.json").read_text()
)
LEVELS = get_args(CefrLevel)
NAMES = tuple(anchors().measures)
FLUENT = Measures(
    speech_rate_syll_per_min=230.0,
    articulation_rate_syll_per_s=4.8,
    phonation_time_ratio=0.86,
    pauses_per_min=14.0,
    long_pauses_per_word=0.03,
    mid_clause_pause_share=0.15,
    mean_length_of_run_syll=14.0,
    types_per_s=1.7,
    mtld=70.0,
)
HALTING = Measures(
    speech_rate_syll_per_min=70.0,
    articulation_rate_syll_per_s=2.1,
    phonation_time_ratio=0.5,
    pauses_per_min=45.0,
    long_pauses_per_word=0.4,
    mid_clause_pause_share=0.8,
    mean_length_of_run_syll=2.4,
    types_per_s=0.5,
)
ALLOWED = {
    "spontaneous": True,
    "scorable": True,
    "language": "en",
    "speech_s": 45.0,
    "warnings": (),
    "measures": FLUENT,
}


def value_of(name):
    low, high = anchors().measures[name][0][0][0], anchors().measures[name][0][-1][0]
    span = high - low
    return st.floats(max(0.0, low - span), high + span)


@st.composite
def measured(draw):
    names = draw(st.sets(st.sampled_from(NAMES), min_size=MIN_MEASURES))
    return Measures(**{name: draw(value_of(name)) for name in names})


def rank(estimates):
    cefr, ielts = estimates.cefr, estimates.ielts
    return LEVELS.index(cefr.low), LEVELS.index(cefr.high), ielts.low, ielts.high


@given(measured())
def test_an_estimate_is_an_interval_of_at_least_one_step(measures):
    low, high, band_low, band_high = rank(estimate(measures))
    assert low < high
    assert band_high - band_low >= 0.5
    assert 0 <= band_low < band_high <= 9
    assert band_low % 0.5 == band_high % 0.5 == 0


@given(measured(), st.sampled_from(NAMES), st.data())
def test_a_better_measure_never_lowers_either_end(measures, name, data):
    one, other = sorted((data.draw(value_of(name)), data.draw(value_of(name))))
    curve = anchors().measures[name][0]
    worse, better = (one, other) if curve[0][1] < curve[-1][1] else (other, one)
    before = rank(estimate(replace(measures, **{name: worse})))
    after = rank(estimate(replace(measures, **{name: better})))
    assert all(a <= b for a, b in zip(before, after, strict=True))


def test_fluent_and_halting_speech_lie_apart():
    fluent, halting = estimate(FLUENT), estimate(HALTING)
    assert (fluent.cefr.low, fluent.cefr.high) == ("B2", "C1")
    assert (halting.cefr.low, halting.cefr.high) == ("A1", "A2")
    assert halting.ielts.high < fluent.ielts.low


def test_the_basis_names_what_was_known_and_nothing_else():
    basis = estimate(HALTING).cefr.basis
    assert set(basis) == set(NAMES) - {"mtld"}
    assert estimate(HALTING).ielts.basis == basis


def test_measures_that_disagree_widen_the_interval():
    mixed = replace(
        FLUENT,
        pauses_per_min=HALTING.pauses_per_min,
        long_pauses_per_word=HALTING.long_pauses_per_word,
        mid_clause_pause_share=HALTING.mid_clause_pause_share,
        phonation_time_ratio=HALTING.phonation_time_ratio,
    )
    low, high, *_ = rank(estimate(mixed))
    assert high - low >= 3


def test_one_measure_that_stands_alone_hardly_moves_it():
    assert rank(estimate(replace(FLUENT, types_per_s=0.1)))[1] == rank(estimate(FLUENT))[1]


def test_estimates_are_given_when_nothing_forbids_them():
    assert why_no_estimates(**ALLOWED) is None
    assert why_no_estimates(**ALLOWED | {"warnings": ("fillers_unknown",)}) is None
    assert why_no_estimates(**ALLOWED | {"speech_s": 30.0}) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"spontaneous": False}, "not_spontaneous"),
        ({"language": "de"}, "other_language"),
        ({"scorable": False}, "not_scorable"),
        ({"speech_s": 29.9}, "too_little_speech"),
        ({"warnings": ("noisy",)}, "doubtful_recording"),
        ({"warnings": ("fillers_unknown", "clipped")}, "doubtful_recording"),
        ({"measures": Measures(mtld=40.0, types_per_s=1.0)}, "too_few_measures"),
    ],
)
def test_estimates_are_withheld_with_the_reason(change, reason):
    assert why_no_estimates(**ALLOWED | change) == reason


def test_every_anchor_names_sources_that_are_described():
    for measure in DATA["measures"].values():
        assert measure["sources"]
        assert set(measure["sources"]) <= set(DATA["sources"])
        assert measure["confidence"] in DATA["half_widths"]
    for source in DATA["sources"].values():
        assert source["reference"]
        assert source["read"]


def test_anchors_are_monotone_and_measures_exist():
    for name, (curve, _) in anchors().measures.items():
        values, positions = zip(*curve, strict=True)
        assert list(values) == sorted(set(values))
        assert list(positions) in (sorted(set(positions)), sorted(set(positions), reverse=True))
        assert hasattr(Measures(), name)
