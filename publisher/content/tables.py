"""A Markdown table is a chart when its later columns are numbers, else a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from publisher.content.model import Chart, ChartKind, Number, Table, Text
from publisher.content.numbers import parse_number

_YEAR = r"(?:19|20)\d\d"
_TIME = re.compile(
    rf"(?:năm\s+)?{_YEAR}|(?:ngày\s+)?\d{{1,2}}/\d{{1,2}}(?:/{_YEAR})?|(?:tháng\s*|t)?\d{{1,2}}/{_YEAR}"
    rf"|(?:tháng\s*|t)\d{{1,2}}|(?:quý\s+|q)(?:[IV]{{1,3}}|[1-4])(?:/{_YEAR})?|tuần\s+(?:thứ\s+)?\d{{1,2}}"
    rf"|(?:lúc\s+)?\d{{1,2}}(?:\s*giờ|h)(?:\s*\d{{1,2}})?|(?:đầu|giữa|cuối|hết)\s+(?:năm\s+)?{_YEAR}",
    re.IGNORECASE,
)
_TIME_HEADING = re.compile(r"\s*(?:năm|quý|tháng|tuần|ngày|giờ)\b", re.IGNORECASE)
_COUNTED_TIME = re.compile(r"\d{1,2}|[IV]{1,3}")
_UNIT_IN_HEADING = re.compile(r"\(([^()]{1,24})\)\s*$")
_LONGEST_UNIT = 24


def read_table(header: Sequence[Text], rows: Sequence[Sequence[Text]], line: int) -> Chart | Table:
    """Decide what the table is. Rows are as wide as the header."""
    numbers = [[_cell(cell) for cell in row[1:]] for row in rows]
    if len(header) < 2 or not rows or not all(_is_numeric(column) for column in zip(*numbers, strict=True)):
        return Table(tuple(header), tuple(tuple(row) for row in rows), line)
    labels = tuple(row[0] for row in rows)
    values = tuple(tuple(None if value == "" else value for value in row) for row in numbers)
    clean: tuple[tuple[Number | None, ...], ...] = tuple(
        tuple(v if isinstance(v, Number) else None for v in row) for row in values
    )
    unit = _unit(header, clean)
    return Chart(_kind(header, labels, clean, unit), tuple(header), labels, clean, unit, line)


def _cell(text: Text) -> Number | str | None:
    """A number, '' for an empty cell, None for anything else."""
    plain = text.plain.strip()
    if plain in ("", "-", "–", "—"):
        return ""
    number = parse_number(plain)
    if number is None or len(number.suffix) > _LONGEST_UNIT or any(c.isdigit() for c in number.suffix):
        return None
    return number if not number.prefix.strip("-−+~≈≥≤<> ") else None


def _is_numeric(column: Sequence[Number | str | None]) -> bool:
    return None not in column and any(isinstance(value, Number) for value in column)


def mixed_units(chart: Chart) -> tuple[str, ...]:
    """The units of a chart whose columns are not counted alike, sorted; empty for a sound chart."""
    units = {
        _unit((Text(), head), tuple((row[at],) for row in chart.values)) for at, head in enumerate(chart.header[1:])
    }
    return tuple(sorted(unit or "số đếm" for unit in units)) if len(units) > 1 else ()


def _unit(header: Sequence[Text], values: Sequence[Sequence[Number | None]]) -> str:
    """What follows every number, or stands in brackets in the heading."""
    suffixes = {number.suffix.strip() for row in values for number in row if number is not None}
    if len(suffixes) == 1 and suffixes != {""}:
        return suffixes.pop()
    named = {match.group(1) for text in header[1:] if (match := _UNIT_IN_HEADING.search(text.plain))}
    return named.pop() if len(named) == 1 else ""


def _kind(
    header: Sequence[Text], labels: Sequence[Text], values: Sequence[Sequence[Number | None]], unit: str
) -> ChartKind:
    if len(labels) >= 3 and _is_time(header[0].plain, [label.plain.strip() for label in labels]):
        return "line"
    if len(values[0]) > 1:
        return "grouped"
    shares = [row[0].value for row in values if row[0] is not None]
    whole = unit == "%" and len(shares) == len(values) > 1 and abs(sum(shares, Decimal(0)) - 100) <= Decimal("0.5")
    return "share" if whole and min(shares) >= 0 else "bars"


def _is_time(heading: str, labels: Sequence[str]) -> bool:
    """`2024`, `Tháng 5`, `01/10`; a bare `1`, `2`, `3` counts time only under a heading that says so."""
    if all(_TIME.fullmatch(label) for label in labels):
        return True
    return bool(_TIME_HEADING.match(heading)) and all(_COUNTED_TIME.fullmatch(label) for label in labels)
