"""Feedback on a consultation rests on what was counted, whoever writes it."""

import json
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from run_services.ai_gateway.answer import parse
from run_services.ai_gateway.consultation.inputs import ConsultationInputs
from run_services.ai_gateway.consultation.task import SCHEMA, consultation_writing, observed
from run_services.ai_gateway.tasks import Writing
from shared.adapters.embedded.language_model import RubricWriter
from shared.domain.errors import Invalid, Unprocessable
from shared.ports.language_model import ModelRequest
from tests.fakes import consultations
from tests.fakes.language_model import ScriptedModel

KEY = "0197b2c4-9d1e-7c3a-8f00-2b6c1d4e5f60:consultation_feedback:1"
INPUTS = ConsultationInputs.model_validate(consultations.inputs())
ANSWER = {
    "summary": "You asked 2 open questions.",
    "strengths": [{"point": "You began openly.", "evidence": [{"turns": [0, 2]}]}],
    "improvements": [
        {
            "point": "One question was closed.",
            "evidence": [{"measure": "closed_questions"}],
            "exercise": "Ask it again with “how”.",
        }
    ],
}


def writing(inputs: ConsultationInputs = INPUTS) -> Writing:
    return consultation_writing(inputs, observed(inputs), 5.0)


def rubric(*lines: tuple[str, str]) -> dict[str, Any]:
    request = writing(ConsultationInputs.model_validate(consultations.inputs(*lines))).request
    answer: dict[str, Any] = json.loads(RubricWriter().generate(request).text)
    jsonschema.validate(answer, SCHEMA)
    return answer


def test_the_model_is_told_what_was_counted_and_where() -> None:
    told = writing().request.inputs
    assert told["figures"] == observed(INPUTS).figures()
    assert told["figures"] | {"talk_share": 0, "longest_turn_s": 0} == {
        "talk_share": 0,
        "turns": 3,
        "longest_turn_s": 0,
        "overlap_s": 0.0,
        "open_questions": 2,
        "closed_questions": 1,
        "signposts": 1,
        "understanding_checks": 1,
        "summaries": 1,
        "interruptions": 0,
    }
    assert {"move": "open_question", "turn": 0, "words": "How did you sleep?"} in told["moves"]
    assert told["turns"][2] == {
        "index": 2,
        "speaker": "nurse",
        "text": "Tell me about the pain. Does it move?",
    }


def test_the_speakers_words_are_not_in_the_instructions() -> None:
    lines = (("nurse", "zebra crossing"), ("patient", "Yes."))
    request = writing(ConsultationInputs.model_validate(consultations.inputs(*lines))).request
    assert "zebra" not in request.instructions
    for name in [*observed(INPUTS).figures(), "summary", "strengths", "improvements", "exercise"]:
        assert name in request.instructions


def test_an_answer_may_quote_what_was_counted() -> None:
    share = 100 * observed(INPUTS).talk_share
    fine = ANSWER | {"summary": f"You spoke for {share:.0f} per cent of the time, in 3 turns."}
    assert parse(json.dumps(fine), writing().facts).summary == fine["summary"]


@pytest.mark.parametrize("summary", ["You asked 5 open questions.", "You spoke for 91 per cent."])
def test_a_figure_that_was_not_counted_is_dropped(summary: str) -> None:
    with pytest.raises(Invalid):
        parse(json.dumps(ANSWER | {"summary": summary}), writing().facts)


@pytest.mark.parametrize(
    ("cited", "kept"),
    [
        ({"turns": [0, 2, 2, 99, -1]}, {"turns": (0, 2)}),
        ({"measure": "talk_share"}, {"measure": "talk_share"}),
        ({"turns": [1], "measure": "empathy"}, {"turns": (1,)}),
    ],
)
def test_evidence_is_what_exists(cited: dict[str, Any], kept: dict[str, Any]) -> None:
    strength = {"point": "A point.", "evidence": [cited]}
    (found,) = parse(json.dumps(ANSWER | {"strengths": [strength]}), writing().facts).strengths
    (evidence,) = found.evidence
    assert {"turns": evidence.turns, "measure": evidence.measure} == (
        {"turns": None, "measure": None} | kept
    )


@pytest.mark.parametrize("cited", [{"turns": [99]}, {"measure": "empathy"}, {"words": [0]}, {}])
def test_a_point_without_evidence_is_dropped(cited: dict[str, Any]) -> None:
    strength = {"point": "A point.", "evidence": [cited]}
    assert not parse(json.dumps(ANSWER | {"strengths": [strength]}), writing().facts).strengths


def test_the_rubric_praises_what_was_found_with_its_words() -> None:
    found = rubric()
    points = [item["point"] for item in found["strengths"]]
    assert points[0] == (
        "You asked 2 open questions that let the other side talk: “How did you sleep?” and "
        "“Tell me about the pain”."
    )
    assert found["strengths"][0]["evidence"] == [{"turns": [0, 2]}, {"measure": "open_questions"}]
    assert any("“Does that make sense?”" in point for point in points)
    assert not any("found no" in item["point"] for item in found["improvements"])


def test_the_rubric_names_what_is_missing() -> None:
    found = rubric(*consultations.CLOSED)
    points = " ".join(item["point"] for item in found["improvements"])
    assert found["strengths"] == []
    assert "We found no open question of yours." in points
    assert "per cent of the time; your longest turn took" in points
    assert "0 open questions and 4 closed questions" in found["summary"]


def test_the_rubric_does_not_call_every_closed_question_one_of_yes_or_no() -> None:
    found = rubric(
        ("nurse", "How are you feeling?"),
        ("patient", "Bad."),
        ("nurse", "How old are you? When did it start? Which arm is it?"),
        ("patient", "Eighty. Today. The left."),
    )
    points = " ".join(item["point"] for item in found["improvements"])
    assert (
        "3 questions of yours could be answered in a word or two, such as “How old are you?”"
    ) in points
    assert "yes or no" not in points


def test_the_rubric_tells_who_was_interrupted() -> None:
    inputs = consultations.inputs()
    late = inputs["turns"][1]["words"][-3]["start_s"] - inputs["turns"][2]["words"][0]["start_s"]
    for turn in inputs["turns"][2:]:
        for word in turn["words"]:
            word["start_s"] += late
            word["end_s"] += late
    request = writing(ConsultationInputs.model_validate(inputs)).request
    found = json.loads(RubricWriter().generate(request).text)
    assert found["improvements"][0]["point"] == (
        "You took the floor in the other's sentence once: “Tell me about”."
    )
    assert found["improvements"][0]["evidence"] == [{"turns": [2]}, {"measure": "interruptions"}]


@pytest.mark.parametrize("lines", [consultations.ASKED_WELL, consultations.CLOSED])
def test_all_the_rubric_writes_passes_the_check(lines: Any) -> None:
    found = rubric(*lines)
    inputs = ConsultationInputs.model_validate(consultations.inputs(*lines))
    parsed = parse(json.dumps(found), writing(inputs).facts)
    assert parsed.summary == found["summary"]
    assert len(parsed.strengths) == len(found["strengths"])
    assert len(parsed.improvements) == len(found["improvements"])


def test_the_rubric_refuses_other_inputs() -> None:
    with pytest.raises(Invalid):
        RubricWriter().generate(ModelRequest("consultation_feedback", "", {"moves": 3}, SCHEMA))


def test_it_is_written_once_with_the_indicators_beside(gateway: Any) -> None:
    model = ScriptedModel(ANSWER)
    first = gateway(model).write_consultation_feedback(KEY, INPUTS)
    again = gateway(model).write_consultation_feedback(KEY, INPUTS)
    assert first.written.feedback == {
        "task": "consultation_feedback",
        "task_version": 1,
        "written_by": model.name,
        **ANSWER,
    }
    assert first.consultation == again.consultation == observed(INPUTS)
    assert again.written.replayed
    assert again.written.feedback == first.written.feedback
    assert len(model.requests) == 1
    other = ConsultationInputs.model_validate(consultations.inputs(*consultations.CLOSED))
    with pytest.raises(Unprocessable):
        gateway(model).write_consultation_feedback(KEY, other)


def test_a_model_that_invents_is_replaced_by_the_rubric(gateway: Any) -> None:
    model = ScriptedModel(ANSWER | {"summary": "You asked 7 open questions."})
    feedback = gateway(model).write_consultation_feedback(KEY, INPUTS).written.feedback
    assert (feedback["written_by"], feedback["fallback_reason"]) == (
        "rubric",
        "model_answer_invalid",
    )
    assert "2 open questions" in feedback["summary"]


def _word(**changes: Any) -> dict[str, Any]:
    return {"text": "Yes.", "start_s": 0.0, "end_s": 0.3, **changes}


def _turn(*words: dict[str, Any], speaker: str = "patient") -> dict[str, Any]:
    return {"speaker": speaker, "words": list(words) or [_word()]}


NURSE = _turn(speaker="nurse")


@pytest.mark.parametrize(
    "changes",
    [
        {"language": "de"},
        {"speaker": "doctor"},
        {"turns": [NURSE]},
        {"turns": [NURSE, NURSE]},
        {"turns": [NURSE, _turn(), _turn(speaker="sister")]},
        {"turns": [NURSE, {"speaker": "patient", "words": []}]},
        {"turns": [NURSE, _turn(_word(start_s=-1.0))]},
        {"turns": [NURSE, _turn(_word(start_s=0.4))]},
        {"turns": [NURSE, _turn(_word(end_s=float("nan")))]},
        {"turns": [NURSE, _turn(_word(text="two words"))]},
        {"turns": [_turn(_word(start_s=2.0, end_s=2.1)), NURSE]},
        {"turns": [NURSE, _turn(_word(start_s=0.2), _word(start_s=0.1))]},
        {"turns": [NURSE] + [_turn()] * 400},
        {"turns": [NURSE, _turn(*[_word()] * 4000)]},
        {"card": {"tasks": ["x"] * 9}},
        {"other": 1},
    ],
)
def test_inputs_out_of_bounds_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ConsultationInputs.model_validate(consultations.inputs(**changes))
