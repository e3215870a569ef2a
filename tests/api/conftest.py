"""A client of the real application, over the index that is built once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant.api import create_app
from assistant.settings import Settings


@pytest.fixture(scope="session")
def client(built_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(built_settings), raise_server_exceptions=False) as opened:
        yield opened
