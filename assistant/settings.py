"""The one list of settings: each with its default and a sentence of help.

Read from the environment (`ASKCONDOR_MODEL=...`) over a `.env` file over the default. The command
line, the server and the documentation all read this list; nothing else reads the environment.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEFAULT_EMBEDDING_MODEL = "all-MiniLM-L6-v2"


class SettingsError(Exception):
    """A setting, or two together, that the program refuses to start with."""


class Settings(BaseSettings):
    """Where things are, which model answers, and who may ask."""

    model_config = SettingsConfigDict(
        env_prefix="ASKCONDOR_", env_file=".env", frozen=True, extra="ignore"
    )

    model: str = Field(
        "builtin",
        description="The chat model: 'builtin', or any 'provider:name' of LangChain's "
        "init_chat_model, whose package and key you supply.",
    )
    model_seconds: float = Field(
        90.0,
        gt=0,
        le=3600,
        description="Seconds that a language model may take for an answer; then the built-in model "
        "goes on.",
    )
    model_tokens: int = Field(
        4000, ge=1, le=1_000_000, description="Tokens that it may write for an answer."
    )
    model_steps: int = Field(
        12, ge=1, le=100, description="How often it may be asked for an answer, tools included."
    )
    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("askcondor", appauthor=False),
        description="Folder for the index, the exported embedder and the database.",
    )
    corpus_dirs: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="Further folders of your own documents to index, separated as in PATH.",
    )
    database_url: str = Field(
        "",
        description="SQLAlchemy address of the answers' database; empty means SQLite in DATA_DIR.",
    )
    chroma_url: str = Field(
        "", description="Address of a Chroma server; empty means Chroma inside this process."
    )
    embedding_model: str = Field(
        DEFAULT_EMBEDDING_MODEL,
        description="Name or folder of a sentence-transformers model; the default comes with a "
        "package and needs no hub.",
    )
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Keys that callers may present as a bearer token, separated by commas."
    )
    webhook_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses told of each change that `watch` finds, separated by commas."
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="Base64 key that signs webhooks, as Standard Webhooks has it."
    )
    market: str = Field(
        "sample",
        description="Market source that fills in what a question leaves out: 'sample' (S&P 500 "
        "1999-2018 and VIX 2014-2018, no network), 'csv:FOLDER', 'cboe', 'yahoo', or one's own.",
    )
    host: str = Field("127.0.0.1", description="Address that the server binds to.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the server binds to.")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Names under which a proxy serves this without API_KEYS, separated by commas.",
    )
    workers: int = Field(1, ge=1, le=64, description="Server processes.")

    @field_validator("corpus_dirs", mode="before")
    @classmethod
    def _split_folders(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(Path(part) for part in value.split(os.pathsep) if part.strip())
        return value

    @field_validator("api_keys", "webhook_urls", "allowed_hosts", mode="before")
    @classmethod
    def _split_list(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def resolved_database_url(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'askcondor.db'}"

    def refuse_open_door(self) -> None:
        """Raise `SettingsError` where the server would answer strangers without a key."""
        if self.api_keys or _is_loopback(self.host):
            return
        raise SettingsError(
            f"HOST is {self.host}, which other machines can reach, and API_KEYS is empty. Set "
            "ASKCONDOR_API_KEYS to one or more keys, or bind to 127.0.0.1."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
