"""What many tests share: a clean environment, and an assistant whose index is built once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings of the person who runs it, nor a `.env` file."""
    for name in os.environ:
        if name.startswith("ASKCONDOR_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture(scope="session")
def built_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose data folder holds a whole index of the corpus.

    The exported embedder, which depends on nothing in this repository, is kept between runs.
    """
    data_dir = tmp_path_factory.mktemp("data")
    embedders = REPOSITORY / ".cache" / "embedders"
    embedders.mkdir(parents=True, exist_ok=True)
    (data_dir / "embedders").symlink_to(embedders)
    settings = Settings(data_dir=data_dir)
    with Assistant(settings) as assistant:
        assert assistant.index.library.passage_ids()
    shutil.copytree(data_dir, data_dir.with_name("untouched"), symlinks=True)
    return settings


@pytest.fixture
def own_settings(built_settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a data folder of the test's own, its index as it was first built."""
    untouched = built_settings.data_dir.with_name("untouched")
    shutil.copytree(untouched, tmp_path / "data", symlinks=True)
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture(scope="session")
def assistant(built_settings: Settings) -> Iterator[Assistant]:
    """An assistant over the built index; its conversations are shared by the session."""
    with Assistant(built_settings) as opened:
        yield opened.open()
