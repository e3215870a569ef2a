"""The HTTP doors: chat, tools, knowledge and pages, in one FastAPI application."""

from assistant.api.app import create_app

__all__ = ["create_app"]
