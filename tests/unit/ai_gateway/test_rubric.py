"""The rubric writer says what the analysis says, and nothing else."""

import json
import random
import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from run_services.ai_gateway.answer import SCHEMA, parse
from run_services.ai_gateway.grounding import Grounding
from shared.adapters.embedded.language_model import RubricWriter
from shared.domain.analysis import Analysis, Measures, Scores
from shared.domain.documents import to_document
from shared.domain.errors import Invalid
from shared.domain.recurring_phones import recurring_phones
from shared.ports.language_model import ModelRequest
from tests.fakes import analyses
from tests.fakes.analyses import FLUENT, reading, speech


def write(analysis: Analysis, kind: str = "read_aloud") -> dict[str, Any]:
    request = ModelRequest("feedback", "", analyses.inputs(analysis, kind), SCHEMA)
    document: dict[str, Any] = json.loads(RubricWriter().generate(request).text)
    jsonschema.validate(document, SCHEMA)
    return document


def points(document: dict[str, Any]) -> str:
    return "\n".join(item["point"] for item in document["improvements"])


def praise(document: dict[str, Any]) -> str:
    return "\n".join(item["point"] for item in document["strengths"])


def evidence_of(document: dict[str, Any], text: str) -> list[dict[str, Any]]:
    items = document["improvements"] + document["strengths"]
    return next(item["evidence"] for item in items if text in item["point"])


def test_names_the_words_that_were_read_differently() -> None:
    document = write(reading(said={17: "with them", 23: "for fish"}))
    assert "You read “wisdom” as “with them” and “foolishness” as “for fish”." in points(document)
    assert evidence_of(document, "wisdom") == [{"words": [17]}, {"words": [23]}]
    assert "22 of the 24 words" in document["summary"]
    assert "“wisdom”" in document["improvements"][0]["exercise"]


def test_says_so_when_the_recogniser_was_not_sure() -> None:
    assert "not sure" in points(write(reading(said={17: "with them"}, unsure=[17])))
    assert "not sure" not in points(write(reading(said={17: "with them"})))


def test_a_sound_that_recurs_says_more_than_single_words() -> None:
    analysis = reading()
    for index in (3, 5, 9):
        analysis = analyses.with_poor_phone(analysis, index)
    assert "worth checking" in points(write(analysis))
    recurring = recurring_phones(analysis.words)
    document = write(replace(analysis, recurring_phones=recurring))
    assert (
        "The sound /θ/ was off in 3 of the 3 words that have it, as in “best”, “times” and "
        "“worst”, where it mostly came close to /s/."
    ) in points(document)
    assert evidence_of(document, "/θ/") == [{"words": [n], "phone": "TH"} for n in (3, 5, 9)]
    assert "worth checking" not in points(document)


def test_a_word_of_a_recurring_sound_is_named_once() -> None:
    analysis = reading()
    for index in (3, 5, 9):
        analysis = analyses.with_poor_phone(analysis, index)
    words = list(analysis.words)
    words[5] = replace(words[5], text="Best,")
    (found,) = recurring_phones(analysis.words)
    document = write(replace(analysis, words=tuple(words), recurring_phones=(found,)))
    assert "as in “best” and “worst”, where" in points(document)
    assert evidence_of(document, "/θ/") == [{"words": [n], "phone": "TH"} for n in (3, 9)]


def test_groups_words_left_out_by_place() -> None:
    document = write(reading(omitted=[3, 4, 5, 12]))
    assert "You left out “best of times” and “it”." in points(document)
    assert evidence_of(document, "left out") == [{"words": [3, 4, 5]}, {"words": [12]}]


def test_names_words_the_text_does_not_have() -> None:
    document = write(reading(inserted={3: "very"}))
    assert "“very”" in points(document)
    assert evidence_of(document, "“very”") == [{"words": [3]}]


def test_names_words_started_again() -> None:
    document = write(speech(results={4: "repeated"}), "free_speech")
    assert "“like”" not in points(document)
    assert evidence_of(document, "again before going on") == [{"words": [4]}]


def test_names_the_poor_sound_of_a_word() -> None:
    document = write(analyses.with_poor_phone(reading(), 3))
    assert "/θ/ in “best” came close to /s/" in points(document)
    assert evidence_of(document, "/θ/") == [{"words": [3], "phone": "TH"}]
    unsure = write(analyses.with_poor_phone(reading(), 3, not_sure=True))
    assert "/θ/" not in points(unsure)


def test_shows_where_the_reader_stopped_inside_a_phrase() -> None:
    document = write(reading(pauses={2: (0.83, True), 5: (0.7, False), 9: (0.3, True)}))
    assert "0.8 seconds between “the” and “best”." in points(document)
    assert evidence_of(document, "inside a phrase") == [{"words": [2, 3]}]


@pytest.mark.parametrize(
    ("rate", "said"), [(6.4, "faster than"), (2.1, "slow even"), (4.1, "easy to follow")]
)
def test_judges_the_pace_by_its_number(rate: float, said: str) -> None:
    document = write(
        speech(measures=replace(FLUENT, articulation_rate_syll_per_s=rate)), "interview"
    )
    text = points(document) + praise(document)
    assert f"{rate} syllables a second (132 words a minute with pauses)" in text
    assert said in text
    assert evidence_of(document, said) == [{"measure": "articulation_rate_syll_per_s"}]


def test_counts_fillers_where_the_recogniser_keeps_them() -> None:
    line = "um I chose uh this um because I like people and long nights very much"
    results = {0: "filler", 3: "filler", 5: "filler"}
    measures = replace(FLUENT, filled_pauses_per_min=9.24)
    document = write(speech(line, results=results, measures=measures), "free_speech")
    assert "You said “um” twice and “uh” once: 9.2 fillers a minute." in points(document)
    unknown = replace(FLUENT, filled_pauses_per_min=None)
    document = write(speech(measures=unknown, warnings=["fillers_unknown"]), "free_speech")
    assert "filler" not in json.dumps(document)


def test_hears_a_flat_voice_and_a_lively_one() -> None:
    flat = write(speech(measures=replace(FLUENT, pitch_range_st=3.1)), "free_speech")
    assert "3.1 semitones, which sounds rather flat" in points(flat)
    assert "melody: it moved over 7.9 semitones" in praise(write(reading(omitted=[0, 1, 2])))


@pytest.mark.parametrize(
    ("warning", "says", "measure"),
    [
        ("quiet", "-21 dBFS", "level_dbfs"),
        ("noisy", "31 dB between", "snr_db"),
        ("clipped", "-21 dBFS", "level_dbfs"),
    ],
)
def test_tells_how_to_record_better(warning: str, says: str, measure: str) -> None:
    document = write(reading(warnings=[warning]))
    assert evidence_of(document, says) == [{"measure": measure}]
    assert "record again" in document["improvements"][0]["exercise"].casefold()
    assert "is rough, because" in document["summary"]


def test_speech_that_was_hard_to_make_out_has_figures_to_take_with_care() -> None:
    document = write(speech(warnings=["hard_to_make_out"]), "free_speech")
    assert "because many words were hard to make out." in document["summary"]


def test_a_recording_without_scores_gets_no_score() -> None:
    document = write(reading(scores=Scores()))
    assert not re.search(r"score|out of 100", json.dumps(document))


def test_says_honestly_that_it_could_not_be_scored() -> None:
    document = write(
        reading(
            scores=Scores(),
            omitted=range(20),
            warnings=["different_text"],
            not_scorable_reason="different_text",
        )
    )
    assert document["summary"].startswith("This recording could not be scored, because what we")
    assert document["strengths"] == []
    assert "“It was the best of times”" in document["improvements"][0]["exercise"]


def test_a_perfect_reading_is_told_the_next_step() -> None:
    document = write(reading())
    assert "all 24 words" in document["summary"]
    assert "lowest score is prosody (melody and rhythm), 74 out of 100" in points(document)


def test_speaks_of_what_was_measured_alone() -> None:
    bare = replace(speech("yes"), measures=Measures(), scores=Scores())
    assert write(bare, "free_speech") == {
        "summary": "You spoke 1 word.",
        "strengths": [],
        "improvements": [],
    }


def test_knows_one_task_and_wants_an_analysis() -> None:
    inputs = analyses.inputs(reading())
    for request in (
        ModelRequest("translate", "", inputs, SCHEMA),
        ModelRequest("feedback", "", {"kind": "read_aloud", "language": "en"}, SCHEMA),
    ):
        with pytest.raises(Invalid):
            RubricWriter().generate(request)


def any_analysis(rng: random.Random) -> tuple[Analysis, str]:
    """An analysis no one thought of: any mixture of results, pauses, measures and warnings."""
    words = rng.choices(["the", "ship's", "well-known", "42", "naïve", "I", "(sea)", "3.5%"], k=30)
    indices = range(len(words))
    pauses = {i: (rng.uniform(0.25, 3), rng.random() < 0.5) for i in rng.sample(range(29), 4)}
    measures = Measures(
        **{
            name: rng.choice([None, round(rng.uniform(0, 9), 3), value * rng.uniform(0.2, 2)])
            for name, value in to_document(FLUENT).items()
        }
    )
    common = {
        "pauses": pauses,
        "measures": measures,
        "scores": rng.choice([Scores(), analyses.SCORES]),
        "warnings": rng.sample(
            ["noisy", "quiet", "clipped", "short", "damaged"], rng.randint(0, 2)
        ),
        "not_scorable_reason": rng.choice([None, None, "different_text", "too little speech"]),
    }
    if rng.random() < 0.5:
        results = {i: rng.choice(["filler", "repeated"]) for i in rng.sample(indices, 5)}
        kind = rng.choice(["free_speech", "interview", "role_play"])
        return speech(" ".join(words), results=results, **common), kind
    said = {i: rng.choice(["with them", "7 seas"]) for i in rng.sample(indices, 4)}
    omitted = rng.sample(indices, rng.randint(0, 25))
    return reading(" ".join(words), said=said, omitted=omitted, **common), "read_aloud"


@pytest.mark.parametrize("seed", range(200))
def test_every_point_survives_the_parser_unchanged(seed: int) -> None:
    analysis, kind = any_analysis(random.Random(seed))
    document = write(analysis, kind)
    parsed = parse(json.dumps(document), Grounding(analysis), needs_points=False)
    assert to_document(parsed) == document
