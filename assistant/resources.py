"""Where the files that come with the program are: the corpus and the web pages."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def resource_folder(name: Literal["corpus", "web"]) -> Path:
    """The folder of that name: inside the installed package, or beside it in a checkout."""
    for folder in (_PACKAGE / "_resources" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"The folder '{name}' is missing from this installation; install askcondor again."
    )
