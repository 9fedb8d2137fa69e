"""A model's answer is parsed as an adversary's."""

import json
from typing import Any

import jsonschema
import pytest

from run_services.ai_gateway.answer import MAX_EXERCISE, MAX_POINT, MAX_SUMMARY, SCHEMA, parse
from run_services.ai_gateway.grounding import Grounding
from shared.domain.errors import Invalid
from shared.domain.feedback import PointEvidence
from tests.fakes import analyses

READING = analyses.with_poor_phone(
    analyses.reading(omitted=[7], said={16: "with them"}, pauses={5: (0.62, False)}), 3
)
WORDS = len(READING.words)


@pytest.fixture
def grounding() -> Grounding:
    return Grounding(READING, ["Read the text of 1859."])


def answer(**changes: Any) -> dict[str, Any]:
    return {
        "summary": "You read almost every word. Start with one sound.",
        "strengths": [{"point": "A steady pace.", "evidence": [{"measure": "speech_rate_wpm"}]}],
        "improvements": [
            {
                "point": "The first sound of one word.",
                "evidence": [{"words": [3], "phone": "TH"}],
                "exercise": "Say it five times.",
            }
        ],
        **changes,
    }


def improvement(**changes: Any) -> dict[str, Any]:
    return answer()["improvements"][0] | changes


def strength(point: str, **evidence: Any) -> dict[str, Any]:
    return {"point": point, "evidence": [evidence or {"words": [0]}]}


def test_a_good_answer_is_kept_whole(grounding: Grounding) -> None:
    jsonschema.validate(answer(), SCHEMA)
    parsed = parse(json.dumps(answer()), grounding)
    assert parsed.summary == answer()["summary"]
    assert parsed.strengths[0].evidence == (PointEvidence(measure="speech_rate_wpm"),)
    assert parsed.improvements[0].evidence == (PointEvidence(words=(3,), phone="TH"),)
    assert parsed.improvements[0].exercise == "Say it five times."


@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        "```json\n{}\n```",
        "```\n{}\n```",
        "Here is your feedback:\n{}\nGood luck!",
        "Sure!\n```json\n{}\n```\nAnything else?",
        "\ufeff\n {} \n",
    ],
)
def test_json_in_a_fence_or_in_prose_is_found(wrapped: str, grounding: Grounding) -> None:
    text = wrapped.replace("{}", json.dumps(answer()))
    assert parse(text, grounding).summary == answer()["summary"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot help with that.",
        "{",
        json.dumps(answer())[:-20],
        "[]",
        "null",
        '"summary"',
        json.dumps([answer()]),
        json.dumps({"summary": "Fine."}),
        json.dumps(answer(summary=5)),
        json.dumps(answer(summary="")),
        json.dumps(answer(summary=" \u200b\n")),
        json.dumps(answer(summary="<p></p>")),
        json.dumps(answer(strengths=[], improvements=[])),
        json.dumps(answer(strengths="none", improvements=[])),
        json.dumps(answer(improvements=[improvement(evidence=[{"words": ["third"]}])])),
        json.dumps(answer()) + " " * 60_000,
        "[" * 40_000,
        '{"summary":' * 4_000,
    ],
)
def test_what_cannot_be_used_is_refused(text: str, grounding: Grounding) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text, grounding)
    assert caught.value.code == "model_answer_invalid"


def test_an_answer_without_points_serves_where_none_are_needed(grounding: Grounding) -> None:
    text = json.dumps(answer(strengths=[], improvements=[]))
    assert parse(text, grounding, needs_points=False).summary


@pytest.mark.parametrize(
    ("evidence", "kept"),
    [
        ({"words": [0, WORDS - 1]}, PointEvidence(words=(0, WORDS - 1))),
        ({"words": [0, WORDS, -1, 10**30]}, PointEvidence(words=(0,))),
        ({"words": [2, 2, 2]}, PointEvidence(words=(2,))),
        ({"words": [0], "phone": "TH"}, PointEvidence(words=(0,))),
        ({"words": [3], "phone": "ZH"}, PointEvidence(words=(3,))),
        ({"words": [3], "phone": "AO"}, PointEvidence(words=(3,), phone="AO")),
        ({"measure": "prosody"}, PointEvidence(measure="prosody")),
        ({"words": [1], "measure": "charisma"}, PointEvidence(words=(1,))),
        ({"words": [WORDS]}, None),
        ({"words": []}, None),
        ({"measure": "charisma"}, None),
        ({"measure": "completeness"}, None),
        ({"phone": "TH"}, None),
        ({}, None),
    ],
)
def test_evidence_is_what_the_analysis_holds(
    evidence: dict[str, Any], kept: PointEvidence | None, grounding: Grounding
) -> None:
    text = json.dumps(answer(improvements=[improvement(evidence=[evidence])]))
    parsed = parse(text, grounding)
    assert [i.evidence for i in parsed.improvements] == ([(kept,)] if kept else [])


def test_a_point_whose_evidence_all_fails_takes_the_answer_with_it(grounding: Grounding) -> None:
    lost = [improvement(evidence=[{"words": [999]}])]
    with pytest.raises(Invalid):
        parse(json.dumps(answer(strengths=[], improvements=lost)), grounding)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("You <b>read</b> it<script>alert(1)</script>.", "You read it alert(1) ."),
        ("You\u202e read\x00 it\u200b\x1b[31m.", "You read it [31m."),
        ("You &lt;img src=x onerror=y&gt; read.", "You read."),
        ("You  read\n\n\tit.", "You read it."),
        ("Nice <img src=x onerror=alert(1)", "Nice"),
        ("1 < 2 > 0", "1 2 0"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_markup_and_control_characters_go(dirty: str, clean: str, grounding: Grounding) -> None:
    parsed = parse(json.dumps(answer(summary=dirty)), grounding)
    assert parsed.summary == clean


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x",
        "www.evil.example",
        "[here](http://evil.example)",
        "evil-site.com",
        "javascript:alert(1)",
        "data:text/html;base64,AA",
        "mailto:a@b.example",
        "coach@evil.example",
    ],
)
def test_nothing_leads_the_learner_elsewhere(link: str, grounding: Grounding) -> None:
    document = answer(
        summary=f"You read well. Now see {link} at once.",
        strengths=[strength(f"See {link} for more."), strength("A steady pace.")],
        improvements=[improvement(exercise=f"Go to {link} and practise.")],
    )
    parsed = parse(json.dumps(document), grounding)
    assert parsed.summary == "You read well."
    assert [s.point for s in parsed.strengths] == ["A steady pace."]
    assert parsed.improvements == ()


@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("You read 22 of the 24 words.", True),
        ("You spoke at 132 words a minute.", True),
        ("4.1 syllables a second.", True),
        ("You spoke 82 % of the time.", True),
        ("You paused 0.6 seconds.", True),
        ("It is a text of 1859.", True),
        ("Your overall score is 78 out of 100.", True),
        ("You spoke at 147 words a minute.", False),
        ("You are at 6.5 now.", False),
        ("Your overall score is 95 out of 100.", False),
        ("That is 9999999999999999999999 points.", False),
    ],
)
def test_a_figure_is_one_of_the_analysis(point: str, kept: bool, grounding: Grounding) -> None:
    parsed = parse(json.dumps(answer(strengths=[strength(point)])), grounding)
    assert bool(parsed.strengths) is kept


def test_long_texts_end_with_a_sentence_and_lists_after_three(grounding: Grounding) -> None:
    document = answer(
        summary="You read it well. " * 100,
        strengths=[strength("So good. " * 200)] * 9,
        improvements=[improvement(exercise="word " * 500)] * 9,
    )
    parsed = parse(json.dumps(document), grounding)
    assert len(parsed.summary) <= MAX_SUMMARY
    assert parsed.summary.endswith(".")
    assert len(parsed.strengths) == len(parsed.improvements) == 3
    assert all(len(s.point) <= MAX_POINT for s in parsed.strengths)
    assert all(0 < len(i.exercise) <= MAX_EXERCISE for i in parsed.improvements)
