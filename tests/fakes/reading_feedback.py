"""Feedback as a model writes it about a reading without its eighth word."""

KEY = "0197b2c4-9d1e-7c3a-8f00-2b6c1d4e5f60:feedback:1"
ANSWER = {
    "summary": "You read almost every word as written.",
    "strengths": [{"point": "A steady pace.", "evidence": [{"measure": "speech_rate_wpm"}]}],
    "improvements": [
        {
            "point": "One word is missing.",
            "evidence": [{"words": [7]}],
            "exercise": "Read it twice.",
        }
    ],
}
