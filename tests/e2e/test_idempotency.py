"""One Idempotency-Key, many requests at once, through the gateway: one effect."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from local.client import Client
from local.stack import Stack

PARALLEL = 200
BODY = {"kind": "free_speech", "recording": {"content_type": "audio/webm"}}


def test_two_hundred_identical_posts_make_one_attempt(
    stack: Stack, learner: Callable[[], Client]
) -> None:
    client = learner()
    headers = {**client.http.headers, "Idempotency-Key": "all at once"}

    def post(_: int) -> httpx.Response:
        return httpx.post(f"{stack.url}/v1/attempts", json=BODY, headers=headers, timeout=60)

    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(post, range(PARALLEL)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}, statuses
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused <= {"request_in_flight"}
    again = client.http.post("/v1/attempts", json=BODY, headers=headers)
    assert {again.json()["id"]} == made
    listed = client.http.get("/v1/attempts", params={"limit": 100}).json()["items"]
    assert [attempt["id"] for attempt in listed] == [*made]


def test_the_same_key_with_another_body_is_refused(learner: Callable[[], Client]) -> None:
    client = learner()
    key = {"Idempotency-Key": "once"}
    assert client.http.post("/v1/attempts", json=BODY, headers=key).status_code == 201
    other = {**BODY, "kind": "interview"}
    answer = client.http.post("/v1/attempts", json=other, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_another_learners_key_is_another_key(learner: Callable[[], Client]) -> None:
    key = {"Idempotency-Key": "mine"}
    ids = {learner().http.post("/v1/attempts", json=BODY, headers=key).json()["id"] for _ in "ab"}
    assert len(ids) == 2
