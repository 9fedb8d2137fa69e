"""The zip a user gets: one JSON file a service, and a page that says what is in them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

FILES = {
    "auth": "account.json",
    "course": "courses.json",
    "practice": "practice.json",
    "ai_gateway": "ai.json",
}
_README = """This is everything Rostrum holds about you.

account.json   your profile, sign-ins, linked accounts, exports, and what the audit log says of you
courses.json   the courses you are enrolled in, your progress, and the courses you made
practice.json  your attempts with their analysis and feedback, and recordings that are still kept
ai.json        the calls of the feedback writer made for your attempts

The files are JSON (RFC 8259) in UTF-8. Times are in UTC. A recording is removed as soon as it has
been assessed. The numbers measured in it stay until you delete the attempt, so that it can be
judged again; `features` in practice.json names them. Passwords, keys and tokens are kept only as
hashes or encrypted, and are left out.
"""


def archive(parts: Mapping[str, Mapping[str, Any]]) -> bytes:
    """A zip of `parts`, by service."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", _README)
        for service, name in FILES.items():
            text = json.dumps(parts[service], ensure_ascii=False, indent=2)
            file.writestr(name, text + "\n")
    return buffer.getvalue()
