"""Answers and errors in the shapes of the OpenAI protocol.

The text of a completion is the answer's, then the list of its sources, then the link under which
the answer can be checked, then the disclaimer: what a chat client shows has to stand on its own.
Each marker `[1]` in the text is also an `annotation` of the kind `url_citation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from assistant import __version__
from assistant.answers.record import Answer, Citation

_MARKER = re.compile(r"\[(\d{1,3})\]")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_ERROR_CODES = {
    "key-required": "invalid_api_key",
    "unknown-model": "model_not_found",
    "invalid-input": "invalid_value",
    "internal-error": "server_error",
}


@dataclass(frozen=True)
class Written:
    """A completion's text in its two parts, and its annotations."""

    body: str
    tail: str
    annotations: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """The whole text."""
        return self.body + self.tail


def written(answer: Answer, base_url: str) -> Written:
    """The answer as a completion says it; `base_url` makes its links whole."""
    lines = [_source(citation, base_url) for citation in answer.citations]
    sources = ["Sources:\n" + "\n".join(lines)] if lines else []
    link = f"Check this answer: {base_url}/answers/{answer.id}"
    tail = "\n\n" + "\n\n".join([*sources, link, f"*{answer.disclaimer}*"])
    cited = {citation.n: citation for citation in answer.citations}
    annotations = [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": marker.start(),
                "end_index": marker.end(),
                "title": cited[int(marker[1])].title,
                "url": base_url + cited[int(marker[1])].url,
            },
        }
        for marker in _MARKER.finditer(answer.text)
        if int(marker[1]) in cited
    ]
    return Written(answer.text, tail, annotations)


def completion(answer: Answer, model: str, base_url: str, prompt: str) -> dict[str, Any]:
    """A whole completion."""
    said = written(answer, base_url)
    message = {
        "role": "assistant",
        "content": said.text,
        "refusal": None,
        "annotations": said.annotations,
    }
    return {
        **_head(answer.id, model, int(answer.created_at.timestamp()), "chat.completion"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": usage(prompt, said.text),
    }


def chunk(
    answer_id: str, model: str, created: int, delta: dict[str, Any], finish: str | None = None
) -> dict[str, Any]:
    """One piece of a streamed completion."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {**_head(answer_id, model, created, "chat.completion.chunk"), "choices": [choice]}


def usage_chunk(
    answer_id: str, model: str, created: int, counted: dict[str, int]
) -> dict[str, Any]:
    """The piece after the last, with the usage and no choice."""
    head = _head(answer_id, model, created, "chat.completion.chunk")
    return {**head, "choices": [], "usage": counted}


def usage(prompt: str, text: str) -> dict[str, int]:
    """Words and marks of what was asked and answered; the built-in model has no other tokens."""
    asked, answered = len(_TOKEN.findall(prompt)), len(_TOKEN.findall(text))
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
    }


def model_card(name: str) -> dict[str, Any]:
    """A model as `GET /v1/models` lists it."""
    return {"id": name, "object": "model", "created": 1_735_689_600, "owned_by": "askcondor"}


def error_body(status: int, code: str, message: str, param: str | None = None) -> dict[str, Any]:
    """An error as the protocol's clients read it."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    named = _ERROR_CODES.get(code, code.replace("-", "_"))
    return {"error": {"message": message, "type": kind, "param": param, "code": named}}


def _head(answer_id: str, model: str, created: int, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{answer_id}",
        "object": kind,
        "created": created,
        "model": model,
        "system_fingerprint": f"askcondor-{__version__}",
    }


def _source(citation: Citation, base_url: str) -> str:
    place = f", {citation.section}" if citation.section else ""
    return f"[{citation.n}] [{citation.title}{place}]({base_url}{citation.url})"
