# `make run` and `make test` need nothing but Python 3.11 or newer and this file.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps
# Compiled modules are kept: else each process that is started, the tests' too, compiles all of ours again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test hard lint bench clean

run: $(VENV)/.installed
	$(BIN)/python run.py $(ARGS)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -W error --numprocesses auto --dist worksteal $(ARGS)

hard: $(VENV)/.installed-dev
	$(BIN)/python -m tests.journeys.hard $(ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy run.py domain storage channels handlers exports bot tests
	$(BIN)/lint-imports

bench: $(VENV)/.installed
	$(BIN)/python run.py bench $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install python3.11 and run this again"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old: Python 3.11 or newer is needed (make PYTHON=/path/to/python3.11)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock | $(BIN)/python
	$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock | $(BIN)/python
	$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.installed
