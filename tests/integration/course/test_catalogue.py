"""Lists and search, read as learners read them."""

from urllib.parse import quote

import pytest

from tests.fakes.course_contents import content, lesson, read_aloud


def titles(answer) -> list[str]:
    return [item["title"] for item in answer.json["items"]]


def test_a_list_shows_published_courses_the_newest_first(course) -> None:
    course.created(content(title="Hidden"))
    course.published(content(title="First", tags=["work"], level="B1", summary="Some words"))
    course.published(content(title="Second"))
    answer = course.call("GET", "/v1/courses")
    assert titles(answer) == ["Second", "First"]
    first = answer.json["items"][1]
    assert (first["units"], first["lessons"], first["prompts"]) == (1, 1, 4)
    assert (first["tags"], first["level"], first["version"]) == (["work"], "B1", 1)
    assert titles(course.call("GET", "/v1/courses?level=B1")) == ["First"]
    assert titles(course.call("GET", "/v1/courses?language=en&level=C2")) == []


def test_mine_are_my_drafts_of_any_status(course) -> None:
    course.created(content(title="Draft"))
    published = course.published(content(title="Published"))
    course.put_draft(published, content(title="Being changed"))
    course.created(content(title="Another's"), user="tina")
    own = course.call("GET", "/v1/courses?mine=true", user="tom")
    assert titles(own) == ["Being changed", "Draft"]
    assert titles(course.call("GET", "/v1/courses?mine=true&search=draft", user="tom")) == ["Draft"]
    assert titles(course.call("GET", "/v1/courses?mine=true")) == []


def test_search_finds_stems_and_ranks_by_place(course) -> None:
    spoken = read_aloud(text="An interview is a talk about interviews by interviewers. " * 5)
    course.published(content(lesson("a", spoken), title="Texts"))
    course.published(content(title="Lesson", units=[unit("Interviewing")]))
    course.published(content(title="Summary", summary="How an interview goes"))
    course.published(content(title="Interviews"))
    course.published(content(title="Nothing of it"))
    answer = course.call("GET", "/v1/courses?search=interview")
    assert titles(answer) == ["Interviews", "Summary", "Lesson", "Texts"]


def unit(title: str) -> dict:
    return {"id": "u", "title": title, "lessons": [lesson("first", read_aloud())]}


def test_search_takes_phrases_and_exclusions(course) -> None:
    course.published(content(title="Job interview grammar"))
    course.published(content(title="Interview for a job"))

    def search(words: str) -> list[str]:
        return titles(course.call("GET", f"/v1/courses?search={quote(words)}"))

    assert search('"job interview"') == ["Job interview grammar"]
    assert search("interview -grammar") == ["Interview for a job"]
    assert search("grammar or nothing") == ["Job interview grammar"]
    assert search("the") == []


@pytest.mark.parametrize("query", ["", "search=interview&"])
def test_pages_stay_stable_while_courses_are_added(course, query) -> None:
    made = [course.published(content(title=f"Interview {n}")) for n in range(5)]
    seen, cursor = [], ""
    for _ in range(5):
        answer = course.call("GET", f"/v1/courses?{query}limit=2{cursor}").json
        seen += [item["id"] for item in answer["items"]]
        if "next_cursor" not in answer:
            break
        cursor = f"&cursor={answer['next_cursor']}"
        course.published(content(title="Interview, a newer one"))
    assert [each for each in seen if each in made] == made[::-1]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=WzFd",
        "cursor=WyJhIl0=",
        "search=a&cursor=WyIwMTkzMmY3MC0wMDAwLTdjMWQtOWUyZi0zYTRiNWM2ZDdlOGYiXQ==",
        "search=a&cursor=W05hTiwgIjAxOTMyZjcwLTAwMDAtN2MxZC05ZTJmLTNhNGI1YzZkN2U4ZiJd",
    ],
)
def test_a_cursor_not_ours_is_refused(course, problem, query) -> None:
    assert problem(course.call("GET", f"/v1/courses?{query}")) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    "query", ["limit=0", "mine=1", "level=b2", "language=EN", "search=%20", "search=a%00", "x=1"]
)
def test_a_query_is_checked(course, problem, query) -> None:
    assert problem(course.call("GET", f"/v1/courses?{query}")) == (400, "invalid_request")


def test_a_prompt_comes_with_its_place(course, problem) -> None:
    course_id = course.published()
    path = f"/v1/courses/{course_id}/prompts"
    found = course.call("GET", f"{path}/headache").json
    assert (found["course_id"], found["version"], found["lesson_id"]) == (course_id, 1, "first")
    assert found["prompt"]["patient"]["name"] == "Ms Lee"
    inside = course.internal("GET", f"/internal{path}/headache?version=1")
    assert inside.json == found
    assert problem(course.call("GET", f"{path}/none")) == (404, "prompt_not_found")
    assert problem(course.call("GET", f"{path}/a%00")) == (404, "not_found")
    assert problem(course.call("GET", f"{path}/clinic?version=2")) == (404, "prompt_not_found")
    assert problem(course.call("GET", f"{path}/clinic?version=0")) == (400, "invalid_request")
    hidden = course.created()
    unseen = course.call("GET", f"/v1/courses/{hidden}/prompts/clinic", user="tina")
    assert problem(unseen) == (404, "course_not_found")


def test_what_is_not_there_is_not_found(course, problem) -> None:
    course_id = course.published()
    unknown = course.call("GET", "/v1/courses/01932f70-0000-7c1d-9e2f-3a4b5c6d7e8f")
    assert problem(unknown) == (404, "course_not_found")
    assert problem(course.call("GET", "/v1/courses/a%00b")) == (404, "not_found")
    for number in (9, 2**40):
        answer = course.call("GET", f"/v1/courses/{course_id}/versions/{number}")
        assert problem(answer) == (404, "version_not_found")


def test_nobody_reads_without_a_token(course, problem) -> None:
    answer = course.call("GET", "/v1/courses", user=None)
    assert problem(answer) == (401, "unauthenticated")


def test_pages_of_a_search_show_each_course_once(course) -> None:
    for number in range(12):
        text = "An interview. " * (number % 5 + 1) + "A talk. " * (number % 3)
        course.published(content(lesson("a", read_aloud(text=text)), title=f"Course {number}"))
    seen, cursor = [], ""
    for _ in range(12):
        answer = course.call("GET", f"/v1/courses?search=interview&limit=1{cursor}").json
        seen += [item["id"] for item in answer["items"]]
        if "next_cursor" not in answer:
            break
        cursor = f"&cursor={quote(answer['next_cursor'])}"
    assert len(seen) == len(set(seen)) == 12
