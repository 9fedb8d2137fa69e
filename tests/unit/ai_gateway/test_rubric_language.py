"""What the rubric writer makes of grammar and vocabulary."""

import json
from dataclasses import replace
from typing import Any

from run_services.ai_gateway.answer import SCHEMA, parse
from run_services.ai_gateway.grounding import Grounding
from shared.adapters.embedded.language_model import RubricWriter
from shared.domain.analysis import Analysis, LanguageFinding, VocabularyProfile
from shared.ports.language_model import ModelRequest
from tests.fakes import analyses
from tests.fakes.analyses import speech

LIKE = LanguageFinding((3, 4, 5), "third_person", "The verb takes -s.", "because she likes")
HELP = LanguageFinding((8, 9), "age", "Say it with another verb.")


def written(analysis: Analysis) -> dict[str, Any]:
    request = ModelRequest("feedback", "", analyses.inputs(analysis, "free_speech"), SCHEMA)
    document: dict[str, Any] = json.loads(RubricWriter().generate(request).text)
    parse(json.dumps(document), Grounding(analysis))
    return document


def test_errors_are_quoted_with_what_to_say_and_why() -> None:
    analysis = replace(speech(), language_findings=(LIKE, HELP, LIKE))
    [point] = [p for p in written(analysis)["improvements"] if "We heard" in p["point"]]
    assert point["point"] == (
        "We heard “because I like”; say “because she likes”. The verb takes -s. "
        "We heard “I want”. Say it with another verb."
    )
    assert point["evidence"] == [{"words": [3, 4, 5]}, {"words": [8, 9]}]


def test_nothing_is_said_of_grammar_where_nothing_was_found() -> None:
    for findings in ((), None):
        document = written(replace(speech(), language_findings=findings))
        assert "We heard" not in json.dumps(document)


def test_less_common_words_are_praised_without_a_level() -> None:
    def praised(*words: int) -> str:
        profile = VocabularyProfile(9, 2, 1, len(words), words)
        analysis = replace(speech(scores=None), vocabulary=profile)
        return json.dumps(written(analysis)["strengths"], ensure_ascii=False)

    assert "beyond the everyday ones, such as “nursing”, “people” and “help”" in praised(2, 6, 11)
    assert "beyond" not in praised(2, 6)
    assert "B2" not in praised(2, 6, 11)


def test_words_with_an_error_are_not_praised_as_flawless() -> None:
    flawless = json.dumps(written(speech())["strengths"], ensure_ascii=False)
    assert "The 22 words from" in flawless
    told = written(replace(speech(), language_findings=(LIKE,)))["strengths"]
    assert "The 16 words from" in json.dumps(told, ensure_ascii=False)
