"""What a model paid by the token is told of an analysis."""

import json
from dataclasses import replace

from run_services.ai_gateway.brief import brief_of
from shared.domain.documents import to_document
from tests.fakes import analyses


def test_words_are_numbered_and_only_weak_phones_sent() -> None:
    words = brief_of(analyses.with_weak_phone(analyses.reading(), 3))["words"]
    assert [word["index"] for word in words] == list(range(24))
    assert [phone["phone"] for phone in words[3]["phones"]] == ["TH"]
    assert all("phones" not in word for word in words if word["index"] != 3)


def test_a_word_as_expected_is_its_index_and_text() -> None:
    analysis = analyses.reading()
    sure = replace(analysis, words=tuple(replace(word, confidence=0.9) for word in analysis.words))
    as_expected = [word for word in brief_of(sure)["words"] if "result" not in word]
    assert as_expected
    assert all(set(word) == {"index", "text"} for word in as_expected)


def test_what_stands_out_of_a_word_is_told() -> None:
    analysis = analyses.reading()
    odd = replace(
        analysis.words[2],
        result="substituted",
        heard="taught",
        confidence=0.4,
        level="not_sure",
        score=48,
    )
    words = (*analysis.words[:2], odd, *analysis.words[3:])
    assert brief_of(replace(analysis, words=words))["words"][2] == {
        "index": 2,
        "text": odd.text,
        "result": "substituted",
        "heard": "taught",
        "confidence": 0.4,
        "level": "not_sure",
        "score": 48,
    }


def test_pauses_are_placed_by_words_and_short_ones_between_clauses_left_out() -> None:
    analysis = analyses.speech(
        "I went home and then I slept", pauses={1: (0.6, True), 2: (0.6, False), 4: (1.4, False)}
    )
    assert [(pause["before"], pause["duration_s"]) for pause in brief_of(analysis)["pauses"]] == [
        (2, 0.6),
        (5, 1.4),
    ]


def test_measures_scores_and_warnings_are_whole_and_most_of_the_rest_is_saved() -> None:
    analysis = analyses.reading()
    whole, brief = to_document(analysis), brief_of(analysis)
    for name in ("measures", "warnings", "not_scorable_reason"):
        assert brief[name] == whole[name]
    assert {name: score["value"] for name, score in brief["scores"].items()} == {
        name: score["value"] for name, score in whole["scores"].items()
    }
    assert len(json.dumps(brief["words"])) < len(json.dumps(whole["words"])) / 3
