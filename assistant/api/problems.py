"""Errors over HTTP, in one place: every one is `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.assistant import QuestionError
from assistant.models import ModelError
from tools.errors import ToolDataError, ToolInputError

logger = logging.getLogger("askcondor")

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One field that is wrong, and what is allowed in it."""

    field: str
    detail: str


class Problem(BaseModel):
    """An error as RFC 9457 shapes it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "The request cannot be served as it is; `errors` names each field.",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
}


def problem(status: int, kind: str, detail: str, errors: Sequence[FieldError] = ()) -> JSONResponse:
    """A problem response; `kind` is the last part of its type."""
    return JSONResponse(
        problem_body(status, kind, detail, errors), status_code=status, media_type=MEDIA_TYPE
    )


def problem_body(
    status: int, kind: str, detail: str, errors: Sequence[FieldError] = ()
) -> dict[str, Any]:
    """The JSON object of a problem."""
    return Problem(
        type=f"urn:askcondor:problem:{kind}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(errors),
    ).model_dump()


def add_handlers(app: FastAPI) -> None:
    """Let the application turn every exception into a problem."""
    for exception, handler in (
        (RequestValidationError, _request),
        (ToolInputError, _tool_input),
        (ToolDataError, _tool_data),
        (QuestionError, _question),
        (ModelError, _model),
        (HTTPException, _http),
        (Exception, _unexpected),
    ):
        app.add_exception_handler(exception, handler)  # type: ignore[arg-type]


def _request(_: Request, error: RequestValidationError) -> Response:
    details = error.errors()
    if any(detail["type"] == "json_invalid" for detail in details):
        return problem(
            400,
            "malformed-body",
            "The body is not JSON.",
            [FieldError(field="body", detail=str(details[0].get("ctx", {}).get("error", "")))],
        )
    errors = [
        FieldError(
            field=".".join(str(part) for part in detail["loc"][1:]) or "body",
            detail=str(detail["msg"]),
        )
        for detail in details
    ]
    named = "; ".join(f"{item.field}: {item.detail}" for item in errors)
    return problem(422, "invalid-input", named, errors)


def _tool_input(_: Request, error: ToolInputError) -> Response:
    errors = [FieldError(field=item.field, detail=str(item)) for item in error.problems]
    return problem(422, "invalid-input", str(error), errors)


def _tool_data(_: Request, error: ToolDataError) -> Response:
    return problem(422, "insufficient-data", str(error))


def _question(_: Request, error: QuestionError) -> Response:
    return problem(
        422, "invalid-input", str(error), [FieldError(field=error.field, detail=str(error))]
    )


def _model(_: Request, error: ModelError) -> Response:
    return problem(422, "unknown-model", str(error), [FieldError(field="model", detail=str(error))])


def _http(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404 and _wants_page(request):
        from assistant.api.pages import not_found_page

        return not_found_page("There is no such page", "The address may be mistyped.")
    return problem(
        error.status_code,
        HTTPStatus(error.status_code).phrase.lower().replace(" ", "-"),
        str(error.detail),
    )


def _unexpected(request: Request, error: Exception) -> Response:
    logger.exception("unexpected error at %s", request.url.path, exc_info=error)
    return problem(
        500, "internal-error", "Something went wrong here; nothing about the request was at fault."
    )


def _wants_page(request: Request) -> bool:
    accepts = request.headers.get("accept", "")
    return "text/html" in accepts and not request.url.path.startswith(("/api/", "/v1/"))
