"""The services' image, put together in a folder without Docker: as far as our Dockerfile goes.

https://docs.docker.com/reference/dockerfile/
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.installed import install

_VENV = "/opt/venv"


@dataclass(frozen=True, slots=True)
class Instruction:
    name: str
    words: tuple[str, ...]
    text: str

    def exec_form(self) -> list[str]:
        """Raises `ValueError` where a shell would run it."""
        return list(json.loads(self.text))


class Dockerfile:
    """Its stages in order, each the instructions from its FROM on."""

    def __init__(self, path: Path) -> None:
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
        self.arguments: list[Instruction] = []
        self.stages: list[list[Instruction]] = []
        for line in filter(None, joined.splitlines()):
            name, _, text = line.partition(" ")
            instruction = Instruction(name, tuple(shlex.split(text)), text)
            if name == "FROM":
                self.stages.append([])
            (self.stages[-1] if self.stages else self.arguments).append(instruction)

    def all(self, name: str, stage: int = -1) -> list[Instruction]:
        return [each for each in self.stages[stage] if each.name == name]

    def only(self, name: str, stage: int = -1) -> Instruction:
        [found] = self.all(name, stage)
        return found


class DockerIgnore:
    """The last pattern that matches wins: https://docs.docker.com/build/concepts/context/#syntax."""

    def __init__(self, path: Path) -> None:
        lines = (line.strip() for line in path.read_text().splitlines())
        self._rules = [
            (line.startswith("!"), _pattern(line.removeprefix("!")))
            for line in lines
            if line and not line.startswith("#")
        ]

    def files(self, context: Path, folder: str) -> Sequence[Path]:
        """Those below `folder` that the build is sent."""
        below = (path for path in (context / folder).rglob("*") if path.is_file())
        return [path for path in below if self.lets_in(path.relative_to(context).as_posix())]

    def lets_in(self, name: str) -> bool:
        sent = True
        for readmits, pattern in self._rules:
            if pattern.fullmatch(name):
                sent = readmits
        return sent


def _pattern(text: str) -> re.Pattern[str]:
    """Of a path, or of all below it."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    regex = "".join(parts.get(p, re.escape(p)) for p in re.split(r"(\*\*/|\*\*|\*)", text))
    return re.compile(f"{regex}(?:/.*)?")


class Image:
    """Built below `root`, which stands for `/`: whatever the image writes to stays there."""

    def __init__(self, dockerfile: Dockerfile, context: Path, root: Path) -> None:
        self._dockerfile = dockerfile
        self._root = root
        self._folders = [
            copy.words[1] for copy in dockerfile.all("COPY") if "--from=build" in copy.text
        ]
        ignore = DockerIgnore(context / ".dockerignore")
        for copy in dockerfile.all("COPY", 0):
            source, target = copy.words
            self._copy(ignore, context, source, self._below(target))
        compiling = [run for run in dockerfile.all("RUN", 0) if "compileall" in run.words]
        install(self._below("/build/requirements.txt"), self._below(_VENV))
        for run in compiling:
            subprocess.run(self._moved(run.text), shell=True, check=True, timeout=200)

    @property
    def environment(self) -> Mapping[str, str]:
        pairs = (word.partition("=") for word in self._dockerfile.only("ENV").words)
        return {
            name: self._moved(value).replace("$PATH", "/usr/bin:/bin") for name, _, value in pairs
        }

    @property
    def workdir(self) -> Path:
        return self._below(self._dockerfile.only("WORKDIR").text)

    def program(self, name: str) -> Path:
        """The one that the image's PATH finds."""
        found = shutil.which(name, path=self.environment["PATH"])
        assert found is not None, name
        return Path(found)

    def entrypoint(self) -> list[str]:
        program, *flags = self._dockerfile.only("ENTRYPOINT").exec_form()
        return [str(self.program(program)), *flags]

    def files(self, folder: Path | None = None) -> set[str]:
        """Everything below `folder`, or in the whole image."""
        top = folder or self._root
        return {str(path.relative_to(top)) for path in top.rglob("*")}

    def _copy(self, ignore: DockerIgnore, context: Path, source: str, target: Path) -> None:
        if (context / source).is_file():
            assert ignore.lets_in(source), source
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(context / source, target)
            return
        for file in ignore.files(context, source):
            copied = target / file.relative_to(context / source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copied)

    def _below(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def _moved(self, text: str) -> str:
        for folder in self._folders:
            text = re.sub(rf"(?<![\w/]){folder}\b", str(self._below(folder)), text)
        return text
