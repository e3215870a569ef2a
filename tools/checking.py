"""The door of every tool: arguments are checked against the signature before any arithmetic.

`checked` reads the annotations of a function once, at its first call. A parameter annotated with a
`Quantity`, a `Choice` or a `History` is checked by it; any other annotation is checked by pydantic.
All fields that are wrong are reported together, as one `ToolInputError`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_args, get_type_hints

import numpy as np

from tools.errors import FieldProblem, ToolDataError, ToolInputError
from tools.quantities import Choice, Described, Each, Quantity, Table

P = ParamSpec("P")
R = TypeVar("R")
Check = Callable[[str, object], object]


def checked(*, broadcast: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check the arguments of a tool; with `broadcast`, a `Quantity` may also be an array."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        checks: dict[str, tuple[object, Check]] = {}

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if not checks:
                checks.update(_checks(function, signature, broadcast))
            bound = signature.bind(*args, **kwargs).arguments
            problems: list[FieldProblem] = []
            for name, value in bound.items():
                default, check = checks[name]
                if value is default:
                    continue
                try:
                    bound[name] = check(name, value)
                except ToolInputError as error:
                    problems.extend(error.problems)
            if broadcast and not problems:
                problems = _shape_problems(bound)
            if problems:
                raise ToolInputError(problems)
            try:
                result = function(**bound)  # type: ignore[call-arg]  # every parameter has a name
            except (OverflowError, ZeroDivisionError):
                raise ToolDataError(_TOO_LARGE) from None
            if isinstance(result, float) and math.isinf(result):
                raise ToolDataError(_TOO_LARGE)
            return result

        return call

    return decorate


_TOO_LARGE = (
    "These inputs are so far apart in size that the result is too large to be a number. Check "
    "their units: money, shares and reserves are plain amounts."
)


def parameters(function: Callable[..., Any]) -> dict[str, tuple[Any, Any]]:
    """The parameters of a tool as pydantic wants them: name -> (annotation, default or `...`)."""
    hints = get_type_hints(function, include_extras=True)
    return {
        name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
    }


def _checks(
    function: Callable[..., Any], signature: inspect.Signature, broadcast: bool
) -> Mapping[str, tuple[object, Check]]:
    return {
        name: (signature.parameters[name].default, _check_for(annotation, broadcast))
        for name, (annotation, _) in parameters(function).items()
    }


def _shape_problems(bound: Mapping[str, object]) -> list[FieldProblem]:
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for name, value in bound.items():
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif isinstance(value, tuple):
            parts = enumerate(value)
            arrays |= {f"{name}[{i}]": part for i, part in parts if isinstance(part, np.ndarray)}
    if len({array.shape for array in arrays.values()}) <= 1:
        return []
    first, *others = arrays
    return [
        FieldProblem(
            name,
            f"an array of shape {arrays[name].shape}",
            f"of the shape of {first}, {arrays[first].shape}",
            "Arrays go together element by element; a single number goes with all of them.",
        )
        for name in others
        if arrays[name].shape != arrays[first].shape
    ]


def _check_for(annotation: Any, broadcast: bool) -> Check:
    for candidate in (annotation, *get_args(annotation)):
        for metadata in getattr(candidate, "__metadata__", ()):
            if isinstance(metadata, Quantity | Choice | Each):
                one = metadata
                # A word that holds for the whole call, such as the model, is one word.
                many = broadcast and get_args(candidate)[0] is not str
                return lambda name, value: one.check(name, value, broadcast=many)
            if isinstance(metadata, Described) and not isinstance(metadata, Table):
                return metadata.check
    # Most annotations are quantities, and pydantic takes a while to import.
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    adapter: TypeAdapter[Any] = TypeAdapter(
        annotation, config=ConfigDict(arbitrary_types_allowed=True, strict=False)
    )

    def check(name: str, value: object) -> object:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            raise ToolInputError(
                [
                    FieldProblem(
                        ".".join([name, *(str(part) for part in detail["loc"])]),
                        detail["input"],
                        _allowed(detail["msg"]),
                    )
                    for detail in error.errors(include_url=False)
                ]
            ) from None

    return check


def _allowed(message: str) -> str:
    for opening in ("Input should be ", "Value error, "):
        if message.startswith(opening):
            return message.removeprefix(opening)
    return message[:1].lower() + message[1:]
