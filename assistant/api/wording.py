"""What a calculation looks like to a reader: titles, labels, units and formatted numbers.

`web/words.json` holds the words, here and in the browser alike; `static/js/format.js` and
`static/js/cards.js` are the twins of this module, and a test in `tests/browser` compares them.
It knows no tool: a field without words gets its own name and a plain number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.resources import resource_folder

_MOVE = re.compile(r"-?\d+(?:\.\d+)?")
_WIDE = Context(prec=400)  # holds every double in full
_APART = frozenset({"assumptions", "warnings", "reasons"})


class Cell(NamedTuple):
    """A formatted value and the unit that stands beside it."""

    text: str
    unit: str = ""
    numeric: bool = False


class Row(NamedTuple):
    """One labelled value."""

    label: str
    cell: Cell


class Table(NamedTuple):
    """A titled table; `head` names the columns."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Card(NamedTuple):
    """A calculation, ready to be laid out."""

    title: str
    headline: tuple[Row, ...]
    inputs: tuple[Row, ...]
    results: tuple[Row, ...]
    charted: bool
    tables: tuple[Table, ...]
    warnings: tuple[str, ...]
    reasons: tuple[str, ...]
    more_rows: tuple[Row, ...]
    more_tables: tuple[Table, ...]
    assumptions: tuple[Row, ...]


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of `web/words.json`."""
    loaded: dict[str, Any] = json.loads((resource_folder("web") / "words.json").read_text("utf-8"))
    return loaded


def label(field: str) -> str:
    """A field's name for a reader: 'max_loss_usd' is 'Maximum loss'."""
    return str(_field(field)[0])


def format_value(value: Any, unit: str, *, exact: bool = False) -> Cell:
    """A value as text: inputs are `exact`, results have the digits that their unit deserves."""
    if value is None:
        return Cell("–")
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        return _number(float(value), unit, exact)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Cell(", ".join(format_value(item, unit, exact=exact).text for item in value) or "–")
    if isinstance(value, Mapping):
        return Cell(
            ", ".join(f"{label(key)} {_cell(key, item).text}" for key, item in value.items())
        )
    return Cell(str(value))


def card(tool: str, inputs: Mapping[str, Any], result: Any) -> Card:
    """Lay out one calculation: what is large, what is visible and what is folded away."""
    spec = words()["tools"].get(tool, {})
    found = dict(result) if isinstance(result, Mapping) else {tool: result}
    shown = {key: value for key, value in found.items() if key not in _APART}
    plain = {
        key: value for key, value in shown.items() if value is not None and not _is_table(value)
    }
    headline = [key for key in spec.get("headline", ()) if key in plain]
    rest = [key for key in plain if key not in headline]
    visible = [key for key in spec.get("rows", rest) if key in rest]
    open_tables = spec.get("tables", {})
    folded = {key: None for key in shown if key not in open_tables} | spec.get("more_tables", {})
    return Card(
        title=spec.get("title", _humanize(tool)),
        headline=_rows(headline, plain),
        inputs=tuple(
            Row(label(key), _cell(key, value_at(inputs, key), exact=True))
            for key in _input_names(spec, inputs)
        ),
        results=_rows(visible, plain),
        charted=spec.get("chart", True),
        tables=_tables(shown, open_tables),
        warnings=_texts(found.get("warnings")),
        reasons=_texts(found.get("reasons")),
        more_rows=_rows([key for key in rest if key not in visible and key not in inputs], plain),
        more_tables=_tables(shown, folded),
        assumptions=tuple(
            Row(label(key), Cell(str(value)))
            for key, value in (found.get("assumptions") or {}).items()
        ),
    )


def value_at(inputs: Mapping[str, Any], path: str) -> Any:
    """The input at a path: 'condor.days' is the days of the condor."""
    outer, _, inner = path.partition(".")
    value = inputs.get(outer)
    return value.get(inner) if inner and isinstance(value, Mapping) else value


def _input_names(spec: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
    """What a card shows as its inputs: those that can be edited, given or not, then the others.

    A record among them, as a condor within its stress test, is shown field by field.
    """
    given = [
        path
        for key, value in inputs.items()
        for path in (
            [f"{key}.{inner}" for inner in value if value[inner] is not None]
            if isinstance(value, Mapping)
            else [key]
        )
        if value is not None
    ]
    return [*spec.get("edit", ()), *(key for key in given if key not in spec.get("edit", ()))]


def _field(field: str) -> Sequence[str]:
    known: Sequence[str] | None = words()["fields"].get(field)
    if known:
        return known
    outer, _, inner = field.partition(".")
    if _MOVE.fullmatch(field):  # a column of a stress test
        move = round(float(field) * 100, 6)
        sign = "+" if move > 0 else "−" if move < 0 else ""
        said = f"Volatility {sign}{abs(move):g} points" if move else "Volatility unchanged"
        return said, "usd"
    if inner:
        name, unit = _field(inner)
        return (name if outer == "condor" else f"{_field(outer)[0]}: {name}"), unit
    if field.startswith("probability"):
        return _humanize(field), "percent"
    return _humanize(field.removesuffix("_usd")), "usd" if field.endswith("_usd") else ""


def _humanize(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _cell(field: str, value: Any, *, exact: bool = False) -> Cell:
    return format_value(value, _field(field)[1], exact=exact)


def _rows(keys: Sequence[str], values: Mapping[str, Any]) -> tuple[Row, ...]:
    return tuple(Row(label(key), _cell(key, values[key])) for key in keys)


def _texts(items: Any) -> tuple[str, ...]:
    return tuple(
        str(item.get("message", item)) if isinstance(item, Mapping) else str(item)
        for item in items or ()
    )


def _is_table(value: Any) -> bool:
    records = isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    return records or isinstance(value, Mapping)


def _tables(
    values: Mapping[str, Any], wanted: Mapping[str, Sequence[str] | None]
) -> tuple[Table, ...]:
    """Lists of records as tables of their wanted columns; records alike stand side by side."""
    tables: list[Table] = []
    beside: dict[tuple[str, ...], list[str]] = {}
    for key, value in values.items():
        if key not in wanted or not value:
            continue
        if isinstance(value, Mapping):
            beside.setdefault(tuple(value), []).append(key)
        elif _is_table(value):
            columns = [name for name in wanted[key] or value[0] if name in value[0]]
            rows = tuple(tuple(_cell(name, row.get(name)) for name in columns) for row in value)
            tables.append(Table(label(key), tuple(label(name) for name in columns), rows))
    for fields, keys in beside.items():
        names = [label(key) for key in keys]
        rows = tuple(
            (Cell(label(name)), *(_cell(name, values[key][name]) for key in keys))
            for name in fields
        )
        head = ("", *(names if len(names) > 1 else [""]))
        tables.append(Table(" and ".join(names), head, rows))
    return tuple(tables)


def _number(value: float, unit: str, exact: bool) -> Cell:
    if unit == "percent":
        return Cell(_decimal(value * 100, 1, exact) + " %", "", True)
    if unit == "usd":
        return Cell(_decimal(value, 2, False, grouped="$"), "", True)
    digits = {"rounded": 0, "points": 2, "greek": 4}.get(unit)
    trim = digits is None or (exact and unit != "rounded")
    beside = unit if unit in ("points", "days") else ""
    return Cell(_decimal(value, 4 if digits is None else digits, trim), beside, True)


def _decimal(value: float, digits: int, trim: bool, grouped: str = "") -> str:
    # Halves round away from zero on the exact binary value, as Number.toFixed does.
    places = 4 if trim and digits < 4 else digits
    number = abs(Decimal(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
    text = f"{number:,f}" if grouped else f"{number:f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    sign = "−" if value < 0 and any(digit in text for digit in "123456789") else ""
    return sign + grouped + text
