"""A conversation as Markdown: to keep, to print, or to paste into a journal of trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.api.wording import Row, Table, card


def conversation_markdown(conversation: Mapping[str, Any], address: str) -> str:
    """The whole conversation: each question, its answer, the calculations and the quotes."""
    answers: Sequence[Mapping[str, Any]] = conversation["answers"]
    parts = [f"# {conversation['title']}", f"AskCondor, {str(conversation['updated_at'])[:10]}"]
    parts += [part for answer in answers for part in _answer(answer, address)]
    if answers:
        parts += ["---", str(answers[-1]["disclaimer"])]
    return "\n\n".join(parts) + "\n"


def _answer(answer: Mapping[str, Any], address: str) -> list[str]:
    question = " ".join(str(answer["question"]).split())
    parts = [f"## {question}", str(answer["text"])]
    for item in answer["calculations"]:
        parts += _calculation(item)
    for item in answer["disagreements"]:
        sides = [f"- {side['text']} ({side['source']})" for side in item["positions"]]
        parts.append(f"**Sources disagree: {item['topic']}**\n\n" + "\n".join(sides))
    if answer["citations"]:
        parts.append("\n".join(_source(item, address) for item in answer["citations"]))
    parts.append(
        f"*{address}/answers/{answer['id']}, library {answer['corpus_version']}, "
        f"model {answer['model']}*"
    )
    return parts


def _calculation(item: Mapping[str, Any]) -> list[str]:
    shown = card(str(item["tool"]), item["inputs"], item["result"])
    parts = [f"### {shown.title} (`{item['tool']}`)"]
    for heads, rows in (
        (("Input", "Value"), [row for row in shown.inputs if row.cell.text != "–"]),
        (("Result", "Value"), (*shown.headline, *shown.results)),
        (("Assumption", ""), shown.assumptions),
    ):
        if rows:
            parts.append(_rows(heads, rows))
    parts += [_table(table) for table in shown.tables]
    parts += [f"- {text}" for text in (*shown.warnings, *shown.reasons)]
    return parts


def _rows(heads: tuple[str, str], rows: Sequence[Row]) -> str:
    lines = [_line(heads), "| --- | ---: |"]
    return "\n".join([*lines, *(_line((row.label, _value(row.cell))) for row in rows)])


def _table(table: Table) -> str:
    lines = [_line(table.head), _line(["---"] * len(table.head))]
    rows = [_line([_value(cell) for cell in row]) for row in table.rows]
    return "\n".join([f"**{table.title}**\n", *lines, *rows])


def _value(cell: Any) -> str:
    return f"{cell.text} {cell.unit}".strip()


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _source(item: Mapping[str, Any], address: str) -> str:
    quote = " ".join(str(item["quote"]).split())
    where = f"{item['title']}, {item['section']}" if item["section"] else item["title"]
    return f"[{item['n']}] {where}: “{quote}” <{address}{item['url']}>"
