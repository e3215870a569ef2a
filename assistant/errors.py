"""What can be wrong with a question, wherever it is asked.

    QuestionError (also a ValueError)   a field of the question cannot be taken
    ModelError                          the named model is not usable here
    HttpError                           a server answered with another problem, or not at all

What can be wrong with a tool's arguments is in `tools.errors`.
"""

from __future__ import annotations

__all__ = ["HttpError", "ModelError", "QuestionError"]


class QuestionError(ValueError):
    """A question cannot be taken; `field`, `value` and `allowed` say why."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        """Name the field and what is allowed in it."""
        self.field, self.value, self.allowed = field, value, allowed
        super().__init__(f"{field} has to be {allowed}.")


class ModelError(Exception):
    """A model's name is not usable here; the message says what is."""


class HttpError(Exception):
    """A server could not be asked; `status` and `code` are its answer's, or None where none came.

    `request_id` finds the request in the server's log.
    """

    def __init__(
        self,
        message: str,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Keep what the server said about itself."""
        self.status, self.code, self.request_id = status, code, request_id
        super().__init__(message)
