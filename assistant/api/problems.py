"""Errors over HTTP, in one place: every one is `application/problem+json` (RFC 9457).

`code` is stable and for programs; `detail` is for people and may be worded better tomorrow. What
the OpenAI protocol answers is shaped by its own rules, in `assistant.api.openai`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.api.request_id import HEADER, request_id
from assistant.assistant import QuestionError
from assistant.models import ModelError
from tools.errors import ToolDataError, ToolInputError

logger = logging.getLogger("askcondor")

MEDIA_TYPE = "application/problem+json"


CODES: dict[str, str] = {
    "invalid-input": "a field cannot be used; `errors` names each with what is allowed",
    "insufficient-data": "the input is well formed, yet too little or too old to answer from",
    "malformed-body": "the body is not JSON",
    "unknown-model": "the named model is not one this server can use",
    "key-required": "the server wants one of its keys as a bearer token",
    "bad-request": "the request itself is not well formed",
    "forbidden": "the request comes from a web page of another origin",
    "not-found": "there is nothing at this address",
    "method-not-allowed": "the address takes other methods; see the `Allow` header",
    "unsupported-media-type": "the body has to be application/json",
    "body-too-large": "the body is over the server's limit",
    "internal-error": "a mistake of the server's; the request id finds it in the log",
}
"""Every `code`, and what it means; a code is never renamed."""


class FieldError(BaseModel):
    """One field that is wrong, and what is allowed in it."""

    field: str
    detail: str


class Problem(BaseModel):
    """An error as RFC 9457 shapes it."""

    type: str = Field(examples=["urn:askcondor:problem:invalid-input"])
    code: str = Field(examples=["invalid-input"], description="Stable; for programs.")
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["width is -10; it has to be a finite number above 0 [points]."])
    errors: list[FieldError] = []
    request_id: str = Field("", examples=["3f0c2a91d5b7e846"], description="Quote it in a report.")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "The request cannot be served as it is; `errors` names each field.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


class AsciiJSONResponse(JSONResponse):
    """JSON in which whatever text a caller sent can be repeated, broken characters included."""

    def render(self, content: Any) -> bytes:
        """Encode with escapes."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def problem(status: int, code: str, detail: str, errors: Sequence[FieldError] = ()) -> JSONResponse:
    """A problem response; `code` is one of `CODES`."""
    body = problem_body(status, code, detail, errors)
    return AsciiJSONResponse(body, status_code=status, media_type=MEDIA_TYPE)


def problem_body(
    status: int, code: str, detail: str, errors: Sequence[FieldError] = ()
) -> dict[str, Any]:
    """The JSON object of a problem."""
    return Problem(
        type=f"urn:askcondor:problem:{code}",
        code=code,
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(errors),
        request_id=request_id(),
    ).model_dump()


def refusal(
    path: str, status: int, code: str, detail: str, errors: Sequence[FieldError] = ()
) -> JSONResponse:
    """What a refused request at this address gets: a problem, or OpenAI's shape under `/v1/`."""
    if path.startswith("/v1/"):
        from assistant.api.openai_shapes import error_body

        field = errors[0].field if errors else None
        told = 400 if status == 422 else status
        return AsciiJSONResponse(error_body(told, code, detail, field), status_code=told)
    return problem(status, code, detail, errors)


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


def _request(request: Request, error: RequestValidationError) -> Response:
    path, details = request.url.path, error.errors()
    if any(detail["type"] == "json_invalid" for detail in details):
        return refusal(
            path,
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
    return refusal(path, 422, "invalid-input", named, errors)


def _tool_input(_: Request, error: ToolInputError) -> Response:
    errors = [FieldError(field=item.field, detail=str(item)) for item in error.problems]
    return problem(422, "invalid-input", str(error), errors)


def _tool_data(_: Request, error: ToolDataError) -> Response:
    return problem(422, "insufficient-data", str(error))


def _question(request: Request, error: QuestionError) -> Response:
    named = [FieldError(field=error.field, detail=str(error))]
    return refusal(request.url.path, 422, "invalid-input", str(error), named)


def _model(request: Request, error: ModelError) -> Response:
    named = [FieldError(field="model", detail=str(error))]
    return refusal(request.url.path, 422, "unknown-model", str(error), named)


def _http(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404 and _wants_page(request):
        from assistant.api.pages import not_found_page

        return not_found_page("There is no such page", "The address may be mistyped.")
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    response = refusal(request.url.path, error.status_code, code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def _unexpected(request: Request, error: Exception) -> Response:
    logger.exception("request %s failed at %s", request_id(), request.url.path, exc_info=error)
    told = "Something went wrong here; nothing about the request was at fault."
    response = refusal(request.url.path, 500, "internal-error", told)
    response.headers[HEADER.decode()] = request_id()  # this one is answered outside of the rest
    return response


def _wants_page(request: Request) -> bool:
    accepts = request.headers.get("accept", "")
    return "text/html" in accepts and not request.url.path.startswith(("/api/", "/v1/"))
