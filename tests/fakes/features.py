"""Stored features with another content."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any


def rewritten(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """With another features.json."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "features.json":
                head = json.loads(content)
                change(head)
                content = json.dumps(head).encode()
            target.writestr(name, content)
    return buffer.getvalue()
