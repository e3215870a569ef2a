"""The share of the corpus's numbers that is checked, as a line at the end of a test run."""

from __future__ import annotations

import pytest

COVERAGE = pytest.StashKey[str]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the line where the test that counts has run."""
    line = config.stash.get(COVERAGE, None)
    if line is not None:
        terminalreporter.write_line(line)
