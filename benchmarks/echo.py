"""The least that FastAPI can do with a JSON body: take it, and give it back. A peer of doors.py."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

app = FastAPI()


@app.post("/echo")
async def echo(body: dict[str, Any]) -> dict[str, Any]:
    """Give the body back."""
    return body
