"""What is held about a user, and what is left when they are erased."""

from shared.domain.course import media_folder, media_object, package_object
from tests.fakes.course_contents import PNG, content, lesson, read_aloud


def data(course, user: str) -> dict:
    answer = course.internal("GET", f"/internal/v1/users/{user}/data")
    assert answer.status_code == 200
    return answer.json


def erase(course, user: str) -> None:
    assert course.internal("DELETE", f"/internal/v1/users/{user}/data").status_code == 204


def test_a_learners_data_is_told_and_erased(course) -> None:
    course_id = course.published(content(lesson("first", read_aloud("one"))))
    course.call("PUT", f"/v1/courses/{course_id}/enrolment")
    course.complete(course_id, "first", "one")
    held = data(course, "eve")
    assert [each["course_id"] for each in held["enrolments"]] == [course_id]
    assert [each["prompt_id"] for each in held["prompt_completions"]] == ["one"]
    assert [each["lesson_id"] for each in held["lesson_completions"]] == ["first"]
    for _ in range(2):
        erase(course, "eve")
    assert not any(data(course, "eve").values())
    assert course.call("GET", "/v1/enrolments").json == {"items": []}
    assert course.call("GET", f"/v1/courses/{course_id}").status_code == 200


def test_an_erased_teachers_published_courses_stay_as_nobodys(course, problem) -> None:
    published = course.published(content(title="Published"))
    course.put_draft(published, content(title="Never shown"))
    draft = course.created(content(title="Draft"))
    course.upload(draft, "a.png", PNG, "image/png")
    course.objects.write(package_object("tom", "one"), b"PK", "application/zip")
    assert {each["title"] for each in data(course, "tom")["courses"]} == {"Never shown", "Draft"}
    for _ in range(2):
        erase(course, "tom")
    assert data(course, "tom")["courses"] == []
    seen = course.call("GET", f"/v1/courses/{published}").json
    assert (seen["owner_id"], seen["content"]["title"]) == ("erased", "Published")
    path = f"/v1/courses/{published}/draft"
    kept = course.call("GET", path, user="ada", second_factor=True).json
    assert kept["content"]["title"] == "Published"
    versions = course.call(
        "GET", f"/v1/courses/{published}/versions", user="ada", second_factor=True
    )
    assert [each["published_by"] for each in versions.json["items"]] == ["erased"]
    gone = course.call("GET", f"/v1/courses/{draft}/draft", user="ada", second_factor=True)
    assert problem(gone) == (404, "course_not_found")
    for name in (media_object(draft, "a.png"), package_object("tom", "one")):
        assert course.objects.stat(name) is None


def test_answers_kept_for_repeats_are_forgotten(course) -> None:
    headers = {"Idempotency-Key": "once"}
    first = course.call("POST", "/v1/courses", user="tom", json=content(), headers=headers)
    erase(course, "tom")
    second = course.call("POST", "/v1/courses", user="tom", json=content(), headers=headers)
    assert first.json["id"] != second.json["id"]


def test_an_erased_teachers_media_stay_only_where_a_version_shows_them(course) -> None:
    shown = content(lesson("first", read_aloud("one", media="shown.png")))
    course_id = course.created(shown)
    course.upload(course_id, "shown.png", PNG, "image/png")
    course.upload(course_id, "only-drafted.png", PNG, "image/png")
    course.publish(course_id)
    for _ in range(2):
        erase(course, "tom")
    kept = [info.name for info in course.objects.under(media_folder(course_id))]
    assert kept == [media_object(course_id, "shown.png")]
    listed = course.call("GET", f"/v1/courses/{course_id}/media", user="ada", second_factor=True)
    assert [each["name"] for each in listed.json["items"]] == ["shown.png"]


def test_a_copy_with_the_erased_owners_name_is_out_of_date(course) -> None:
    path = f"/v1/courses/{course.published()}"
    headers = {"If-None-Match": course.call("GET", path).headers["ETag"]}
    assert course.call("GET", path, headers=headers).status_code == 304
    erase(course, "tom")
    anew = course.call("GET", path, headers=headers)
    assert (anew.status_code, anew.json["owner_id"]) == (200, "erased")
