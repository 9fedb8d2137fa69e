"""Drafts, versions and roll back: what may change, what never does, and who may do it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fakes.course_contents import content, lesson, read_aloud

OWNER_ONLY = [
    ("GET", "draft", None),
    ("PUT", "draft", content()),
    ("POST", "publish", {}),
    ("POST", "rollback", {"version": 1}),
    ("GET", "versions", None),
    ("POST", "media", {"name": "a.png", "content_type": "image/png", "bytes": 1}),
    ("DELETE", "media/a.png", None),
]


def test_a_new_course_is_a_draft_of_its_teacher(course) -> None:
    body = content(tags=["work"], level="B2")
    response = course.call("POST", "/v1/courses", user="tom", json=body)
    assert response.status_code == 201
    made = response.json
    assert (made["status"], made["owner_id"], made["content"]) == ("draft", "tom", body)
    assert "version" not in made
    assert response.headers["Location"] == f"/v1/courses/{made['id']}"
    draft = course.call("GET", f"/v1/courses/{made['id']}/draft", user="tom")
    assert draft.json == made
    assert draft.headers["ETag"] == response.headers["ETag"]


def test_a_learner_makes_no_courses(course, problem) -> None:
    assert problem(course.call("POST", "/v1/courses", json=content())) == (403, "forbidden")


def test_every_fault_of_a_content_is_pointed_at(course, problem) -> None:
    bad = content(lesson("a", read_aloud(text=""), read_aloud(), {"id": "x", "kind": "song"}))
    response = course.call("POST", "/v1/courses", user="tom", json={**bad, "level": "D1"})
    assert problem(response) == (400, "invalid_request")
    prompts = "/units/0/lessons/0/prompts"
    assert {fault["pointer"] for fault in response.json["errors"]} == {
        "/level",
        f"{prompts}/0/text",
        f"{prompts}/1/id",
        f"{prompts}/2/kind",
    }


def test_a_draft_is_replaced_only_by_who_has_read_it(course, problem) -> None:
    course_id = course.created()
    path = f"/v1/courses/{course_id}/draft"
    etag = course.call("GET", path, user="tom").headers["ETag"]
    missing = course.call("PUT", path, user="tom", json=content())
    assert problem(missing) == (428, "precondition_required")
    first = course.call(
        "PUT", path, user="tom", json=content(title="One"), headers={"If-Match": etag}
    )
    assert first.status_code == 200
    assert first.headers["ETag"] != etag
    second = course.call(
        "PUT", path, user="tom", json=content(title="Two"), headers={"If-Match": etag}
    )
    assert problem(second) == (412, "precondition_failed")
    kept = course.call("GET", path, user="tom")
    assert kept.json["content"]["title"] == "One"
    again = course.call("GET", path, user="tom", headers={"If-None-Match": kept.headers["ETag"]})
    assert again.status_code == 304


def test_publishing_does_not_come_between_reading_and_writing_a_draft(course) -> None:
    course_id = course.created()
    path = f"/v1/courses/{course_id}/draft"
    before = course.call("GET", path, user="tom").headers["ETag"]
    course.publish(course_id)
    after = course.call("GET", path, user="tom", headers={"If-None-Match": before})
    assert after.json["status"] == "published"
    written = course.call("PUT", path, user="tom", json=content(), headers={"If-Match": before})
    assert written.status_code == 200


def test_others_see_the_published_content_until_the_next_version(course, problem) -> None:
    course_id = course.created(content(title="One"))
    path = f"/v1/courses/{course_id}"
    assert problem(course.call("GET", path)) == (404, "course_not_found")
    course.publish(course_id)
    seen = course.call("GET", path)
    course.put_draft(course_id, content(title="Two"))
    same = course.call("GET", path, headers={"If-None-Match": seen.headers["ETag"]})
    assert same.status_code == 304
    assert course.publish(course_id) == 2
    changed = course.call("GET", path, headers={"If-None-Match": seen.headers["ETag"]})
    assert (changed.json["version"], changed.json["content"]["title"]) == (2, "Two")
    old = course.call("GET", f"{path}/versions/1").json
    assert (old["version"], old["content"]["title"]) == (1, "One")


def test_an_incomplete_course_is_not_published(course, problem) -> None:
    course_id = course.created(content(lesson("empty"), lesson("b", read_aloud(media="a.png"))))
    response = course.call("POST", f"/v1/courses/{course_id}/publish", user="tom")
    assert problem(response) == (422, "course_incomplete")
    assert {fault["pointer"] for fault in response.json["errors"]} == {
        "/units/0/lessons/0/prompts",
        "/units/0/lessons/1/prompts/0/media",
    }
    course.put_draft(course_id, content(units=[]))
    response = course.call("POST", f"/v1/courses/{course_id}/publish", user="tom")
    assert [fault["pointer"] for fault in response.json["errors"]] == ["/units"]


def test_rolling_back_appends_the_old_content_and_leaves_the_draft(course, problem) -> None:
    course_id = course.published(content(title="One"))
    course.put_draft(course_id, content(title="Two"))
    course.publish(course_id)
    course.put_draft(course_id, content(title="Three"))
    path = f"/v1/courses/{course_id}"
    body = {"version": 1, "note": "Back"}
    back = course.call("POST", f"{path}/rollback", user="tom", json=body)
    assert back.status_code == 201
    assert (back.json["version"], back.json["restored_from"], back.json["note"]) == (3, 1, "Back")
    assert course.call("GET", path).json["content"]["title"] == "One"
    draft = course.call("GET", f"{path}/draft", user="tom").json
    assert draft["content"]["title"] == "Three"
    unknown = course.call("POST", f"{path}/rollback", user="tom", json={"version": 9})
    assert problem(unknown) == (404, "version_not_found")
    listed = course.call("GET", f"{path}/versions?limit=2", user="tom").json
    assert [version["version"] for version in listed["items"]] == [3, 2]
    rest = course.call("GET", f"{path}/versions?cursor={listed['next_cursor']}", user="tom").json
    assert [version["version"] for version in rest["items"]] == [1]
    assert "next_cursor" not in rest


def test_an_archived_course_keeps_its_versions(course, problem) -> None:
    course_id = course.published()
    path = f"/v1/courses/{course_id}"
    for _ in range(2):
        assert course.call("DELETE", path, user="tom").status_code == 204
    assert problem(course.call("GET", path)) == (404, "course_not_found")
    assert course.call("GET", "/v1/courses").json["items"] == []
    assert course.call("GET", f"{path}/versions/1").json["status"] == "archived"
    assert course.call("GET", f"{path}/prompts/clinic?version=1").status_code == 200
    assert problem(course.call("GET", f"{path}/prompts/clinic")) == (404, "course_not_found")
    mine = course.call("GET", "/v1/courses?mine=true", user="tom").json["items"]
    assert [item["status"] for item in mine] == ["archived"]
    assert course.publish(course_id) == 2
    assert course.call("GET", path).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), OWNER_ONLY)
def test_what_only_owners_may(course, problem, method, path, body) -> None:
    options = {} if body is None else {"json": body}
    if method == "PUT":
        options["headers"] = {"If-Match": '"1-1-published"'}
    hidden, shown = course.created(), course.published()
    for user in ("eve", "tina", "ada"):
        answer = course.call(method, f"/v1/courses/{hidden}/{path}", user=user, **options)
        assert problem(answer) == (404, "course_not_found")
        answer = course.call(method, f"/v1/courses/{shown}/{path}", user=user, **options)
        assert problem(answer) == (403, "forbidden")
    admin = course.call(
        method, f"/v1/courses/{shown}/{path}", user="ada", second_factor=True, **options
    )
    assert admin.status_code in (200, 201) or admin.json["code"] == "media_not_found"


def test_archiving_is_the_owners_too(course, problem) -> None:
    shown = course.published()
    assert problem(course.call("DELETE", f"/v1/courses/{shown}", user="tina"))[0] == 403
    by_admin = course.call("DELETE", f"/v1/courses/{shown}", user="ada", second_factor=True)
    assert by_admin.status_code == 204


def test_twenty_publish_at_once_and_none_is_lost(course) -> None:
    course_id = course.created()
    with ThreadPoolExecutor(20) as threads:
        numbers = list(threads.map(lambda _: course.publish(course_id), range(20)))
    assert sorted(numbers) == list(range(1, 21))
    assert course.call("GET", f"/v1/courses/{course_id}").json["version"] == 20


def test_two_hundred_identical_posts_make_one_course(course) -> None:
    headers = {"Idempotency-Key": "once"}

    def post(_: int) -> tuple[int, str]:
        answer = course.call("POST", "/v1/courses", user="tom", json=content(), headers=headers)
        return answer.status_code, answer.json.get("id") or answer.json["code"]

    with ThreadPoolExecutor(20) as threads:
        answers = set(threads.map(post, range(200)))
    made = {what for status, what in answers if status == 201}
    assert len(made) == 1
    assert answers - {(201, *made)} <= {(409, "request_in_flight")}
    listed = course.call("GET", "/v1/courses?mine=true", user="tom").json["items"]
    assert [item["id"] for item in listed] == list(made)


def test_publishing_with_the_same_key_is_one_version(course, problem) -> None:
    course_id = course.created()
    path, headers = f"/v1/courses/{course_id}/publish", {"Idempotency-Key": "once"}
    first = course.call("POST", path, user="tom", headers=headers, json={"note": "First"})
    again = course.call("POST", path, user="tom", headers=headers, json={"note": "First"})
    assert first.json == again.json
    other = course.call("POST", path, user="tom", headers=headers, json={"note": "Second"})
    assert problem(other) == (422, "idempotency_key_reused")
    assert course.publish(course_id) == 2


def test_of_very_many_faults_the_first_hundred_are_told(course, problem) -> None:
    body = content() | {f"x{number}": number for number in range(150)}
    refused = course.call("POST", "/v1/courses", user="tom", json=body)
    assert problem(refused) == (400, "invalid_request")
    assert [fault["pointer"] for fault in refused.json["errors"]] == [f"/x{n}" for n in range(100)]
