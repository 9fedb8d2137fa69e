"""Feedback on a consultation from what was counted in it.

The limits are practice anchors for a consultation in English, not norms of any test.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.embedded.rubric.subject import (
    MAX_QUOTED,
    WeightedImprovement,
    WeightedStrength,
    listed,
    number,
    plural,
    quoted,
    times,
)
from shared.domain.consultation import Move
from shared.domain.documents import to_document
from shared.domain.feedback import Improvement, PointEvidence, Strength

MOST_TALK: Final = 0.65
LEAST_TALK: Final = 0.35
CLOSED_FOR_OPEN: Final = 2
_MOST: Final = 3
_GOOD: Final[tuple[tuple[Move, str, float, str], ...]] = (
    ("open_question", "open_questions", 0.8, "You asked {count} that let the other side talk"),
    ("understanding_check", "understanding_checks", 0.7, "You checked {times} what was understood"),
    ("summary", "summaries", 0.6, "You summed up {times}"),
    ("signpost", "signposts", 0.5, "You said {times} what would come next"),
)
_MISSING: Final = (
    (
        "open_questions",
        0.8,
        "open questions",
        "We found no open question of yours.",
        "Write down two questions you asked and begin each again with “What”, “How” or “Tell me "
        "about”; say both versions aloud.",
    ),
    (
        "understanding_checks",
        0.7,
        "checking what was understood",
        "We found no place where you checked what was understood.",
        "Explain one step of the task to an empty chair and end with “Can you tell me in your own "
        "words what we have agreed?”",
    ),
    (
        "signposts",
        0.5,
        "saying what comes next",
        "We found no words that say what comes next.",
        "Say the parts of this consultation aloud, each begun with “First I'd like to” or “Now "
        "let's move on to”.",
    ),
    (
        "summaries",
        0.4,
        "summing up",
        "We found no summary of what was said.",
        "Sum up this conversation in two sentences that begin with “So, to sum up”.",
    ),
)


@dataclass(frozen=True)
class Conversation:
    """The inputs of the task `consultation_feedback`, as far as the rubric reads them."""

    figures: dict[str, float]
    moves: tuple[dict[str, Any], ...]

    def having(self, move: Move) -> list[dict[str, Any]]:
        return [item for item in self.moves if item["move"] == move]


def answer(conversation: Conversation) -> dict[str, Any]:
    """Summary, strengths and improvements, every figure one that was counted."""
    improvements = sorted(_improvements(conversation), key=lambda item: -item.weight)[:_MOST]
    strengths = sorted(_strengths(conversation), key=lambda item: -item.weight)[:_MOST]
    summary = [_overall(conversation)]
    if improvements:
        summary.append(f"For the next consultation, start with {improvements[0].topic}.")
    return {
        "summary": " ".join(summary),
        "strengths": [to_document(item.strength) for item in strengths],
        "improvements": [to_document(item.improvement) for item in improvements],
    }


def _overall(conversation: Conversation) -> str:
    figures = conversation.figures
    questions = (
        f"{plural(int(figures['open_questions']), 'open question')} and "
        f"{plural(int(figures['closed_questions']), 'closed question')}"
    )
    return (
        f"You spoke for {_talk_share(conversation)} per cent of the time, in "
        f"{plural(int(figures['turns']), 'turn')}, and asked {questions}."
    )


def _strengths(conversation: Conversation) -> Iterator[WeightedStrength]:
    for move, measure, weight, said in _GOOD:
        found = conversation.having(move)
        if found:
            count = plural(len(found), "open question")
            point = f"{said.format(count=count, times=times(len(found)))}: {_quotes(found)}."
            yield WeightedStrength(weight, Strength(point, _evidence(found, measure)))
    share = conversation.figures["talk_share"]
    if LEAST_TALK <= share <= MOST_TALK and not conversation.having("interruption"):
        yield WeightedStrength(
            0.55,
            Strength(
                "You shared the time and let the other side finish: you spoke for "
                f"{_talk_share(conversation)} per cent of it and interrupted nobody.",
                (PointEvidence(measure="talk_share"), PointEvidence(measure="interruptions")),
            ),
        )


def _improvements(conversation: Conversation) -> Iterator[WeightedImprovement]:
    yield from _interruptions(conversation)
    yield from _too_much_talk(conversation)
    for measure, weight, topic, point, exercise in _MISSING:
        if not conversation.figures[measure]:
            improvement = Improvement(point, (PointEvidence(measure=measure),), exercise)
            yield WeightedImprovement(weight, topic, improvement)
    yield from _closed_questions(conversation)


def _interruptions(conversation: Conversation) -> Iterator[WeightedImprovement]:
    found = conversation.having("interruption")
    if found:
        yield WeightedImprovement(
            0.9,
            "letting the other side finish",
            Improvement(
                f"You took the floor in the other's sentence {times(len(found))}: "
                f"{_quotes(found)}.",
                _evidence(found, "interruptions"),
                "Play the conversation again with a friend and count two seconds in silence before "
                "each of your turns.",
            ),
        )


def _too_much_talk(conversation: Conversation) -> Iterator[WeightedImprovement]:
    if conversation.figures["talk_share"] > MOST_TALK:
        longest = number(conversation.figures["longest_turn_s"])
        yield WeightedImprovement(
            0.75,
            "giving the other side more time",
            Improvement(
                f"You spoke for {_talk_share(conversation)} per cent of the time; your longest "
                f"turn took {longest} seconds.",
                (PointEvidence(measure="talk_share"), PointEvidence(measure="longest_turn_s")),
                "Take your longest turn, cut it into two, and put a question between the halves.",
            ),
        )


def _closed_questions(conversation: Conversation) -> Iterator[WeightedImprovement]:
    figures, found = conversation.figures, conversation.having("closed_question")
    if figures["open_questions"] and len(found) > CLOSED_FOR_OPEN * figures["open_questions"]:
        yield WeightedImprovement(
            0.6,
            "more open questions",
            Improvement(
                f"{plural(len(found), 'question')} of yours could be answered in a word or two, "
                f"such as {_quotes(found)}.",
                _evidence(found, "closed_questions"),
                "Ask one of these again so that it invites more, with “Tell me about” or “How do "
                "you feel about”, and say it aloud.",
            ),
        )


def _quotes(found: Sequence[dict[str, Any]]) -> str:
    return listed([quoted(item["words"].rstrip(".,;:")) for item in found[:MAX_QUOTED]])


def _evidence(found: Sequence[dict[str, Any]], measure: str) -> tuple[PointEvidence, ...]:
    turns = tuple(dict.fromkeys(item["turn"] for item in found))
    return (PointEvidence(turns=turns), PointEvidence(measure=measure))


def _talk_share(conversation: Conversation) -> str:
    return number(round(100 * conversation.figures["talk_share"], 1))
