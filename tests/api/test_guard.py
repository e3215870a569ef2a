"""Who may come in: keys where keys are set, and no open door without them."""

from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.api import create_app
from assistant.settings import Settings, SettingsError


@pytest.fixture
def guarded(built_settings: Settings) -> Settings:
    keys = (SecretStr("first-key"), SecretStr("second-key"))
    return built_settings.model_copy(update={"api_keys": keys, "host": "0.0.0.0"})


def test_without_a_key_nothing_is_answered(guarded: Settings) -> None:
    with TestClient(create_app(guarded)) as client:
        assert client.get("/api/tools").status_code == 401
        assert client.get("/").status_code == 401
        wrong = {"authorization": "Bearer third-key"}
        assert client.get("/api/tools", headers=wrong).status_code == 401
        broken = {"authorization": "Basic %%%"}
        assert client.get("/api/tools", headers=broken).status_code == 401
        assert client.get("/healthz").status_code == 200


def test_a_key_opens_as_a_token_and_as_a_password(guarded: Settings) -> None:
    with TestClient(create_app(guarded)) as client:
        token = {"authorization": "Bearer second-key"}
        assert client.get("/api/tools", headers=token).status_code == 200
        password = base64.b64encode(b"anyone:first-key").decode()
        basic = {"authorization": f"Basic {password}"}
        assert client.get("/", headers=basic).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_an_open_door_is_refused_with_the_reason(built_settings: Settings, host: str) -> None:
    with pytest.raises(SettingsError, match="API_KEYS"):
        create_app(built_settings.model_copy(update={"host": host}))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_loopback_needs_no_key(built_settings: Settings, host: str) -> None:
    create_app(built_settings.model_copy(update={"host": host}))


def test_keys_do_not_show_in_the_settings(guarded: Settings) -> None:
    assert "first-key" not in repr(guarded)
