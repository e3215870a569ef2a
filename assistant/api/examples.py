"""The worked examples of an article, run: what each block gives now, and the tools it called.

Only the examples of the corpus are run, as they stand in it: a reader chooses which one, and hands
over nothing else. The blocks of one article share their names from top to bottom.
"""

from __future__ import annotations

import ast
import doctest
import functools
import inspect
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException

router = APIRouter(prefix="/api/articles", tags=["knowledge"])

MOST_CALLS = 4
"""So many calls of one example are shown as cards; a loop over strikes needs no thirty of them."""

_BLOCK = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Call(BaseModel):
    """One call of a tool, as an answer has it."""

    n: int
    tool: str
    inputs: dict[str, Any]
    result: Any
    chart: dict[str, Any] | None = None


class Example(BaseModel):
    """What an example gave: its output, whether that is what the article prints, and its calls."""

    output: str
    same: bool
    calls: list[Call]


@router.post("/{slug}/examples/{number}")
def run_example(request: Request, slug: str, number: int) -> Example:
    """Run a worked example of an article (the first has the number 1)."""
    article = request.app.state.assistant.corpus.articles.get(slug)
    if article is None:
        raise HTTPException(404, f"There is no article '{slug}'.")
    count = len(_BLOCK.findall(article.body))
    if not 1 <= number <= count:
        raise HTTPException(404, f"The article '{slug}' has {count} examples, and no {number}.")
    return _run(article.body, number)


@lru_cache(maxsize=128)
def _run(body: str, number: int) -> Example:
    blocks = _BLOCK.findall(body)
    calls: list[Call] = []
    names = _names(calls)
    output, same = "", True
    for block in blocks[:number]:
        calls.clear()
        lines = [
            (_value(example.source, names), example.want)
            for example in doctest.DocTestParser().get_examples(block)
        ]
        output = "".join(got for got, _ in lines)
        same = all(
            doctest.OutputChecker().check_output(want, got, doctest.NORMALIZE_WHITESPACE)
            for got, want in lines
        )
    return Example(output=output.strip(), same=same, calls=calls[:MOST_CALLS])


def _value(source: str, names: dict[str, Any]) -> str:
    """Run the statements; what the last one is worth, as a console would show it."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    before = ast.Module(tree.body[:-1] if last else tree.body, type_ignores=[])
    exec(compile(before, "<example>", "exec"), names)
    if last is None:
        return ""
    value = eval(compile(ast.Expression(last.value), "<example>", "eval"), names)
    return "" if value is None else f"{value!r}\n"


def _names(calls: list[Call]) -> dict[str, Any]:
    """What an example may use: the public tools, those of the catalog noting each call."""
    import tools
    from tools.catalog import CATALOG

    names = {name: getattr(tools, name) for name in tools.__all__}
    return names | {tool.name: _noting(tool.function, calls) for tool in CATALOG}


def _noting(function: Callable[..., Any], calls: list[Call]) -> Callable[..., Any]:
    @functools.wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if len(calls) < MOST_CALLS:
            call = _call(len(calls) + 1, function, args, kwargs, result)
            calls.extend([call] if call else [])
        return result

    return noted


def _call(
    number: int, function: Callable[..., Any], args: Any, kwargs: Any, result: Any
) -> Call | None:
    """A call in plain JSON types; None where its inputs or its result have none."""
    from tools.charts import Pictured
    from tools.results import as_json, plain_json

    inputs = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
    try:
        return Call(
            n=number,
            tool=function.__name__,
            inputs=plain_json(inputs),
            result=as_json(result),
            chart=result.chart() if isinstance(result, Pictured) else None,
        )
    except (TypeError, ValueError):
        return None
