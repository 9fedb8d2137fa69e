"""Figures and tables as Markdown."""

from collections.abc import Iterable, Sequence

Row = Sequence[str]


def table(columns: Row, rows: Iterable[Row]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"  # noqa: RUF001


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"  # noqa: RUF001


def milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{1000 * value:.0f} ms"  # noqa: RUF001
