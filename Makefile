# One door. `make demo` and `make test` set up everything they need in .venv; nothing else is asked of the machine
# than Python 3.11 or later and an index that pip can reach.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
TESTS ?=
DEMO := .demo
# Peers' index servers must be there: in the tests below a missing one is a failure, not a skip.
PYTEST = HOLDFAST_TEST_PEERS=required $(BIN)/python -m pytest --numprocesses $(WORKERS)

.PHONY: demo test check format format-check lint types arrows test-live bench clean help

help:
	@echo "make demo       lock the example project against the real index"
	@echo "make test       run all tests"
	@echo "make check      format, lint, types, arrows, tests: what CI runs"
	@echo "make test-live  run the tests that need the real index"
	@echo "make bench      measure against the peers"
	@echo "make format     rewrite the sources in the one format"

# --- the two that a visitor needs ---

demo: $(VENV)/.installed
	@rm -rf $(DEMO)/web && mkdir -p $(DEMO) && cp -R fixtures/projects/web $(DEMO)/web
	@cd $(DEMO)/web && for words in "lock" "check" "tree --depth 1"; do \
		printf '\n$$ holdfast %s\n' "$$words"; \
		"$(CURDIR)/$(BIN)/holdfast" $$words || exit; \
	done
	@printf '\nThe lock is %s\n' "$(DEMO)/web/holdfast.lock"

test: $(VENV)/.dev
	$(PYTEST) $(TESTS)

# --- what CI runs ---

check: format-check lint types arrows test

format-check: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

arrows: $(VENV)/.dev
	PYTHONPATH=lockfile:resolver $(BIN)/lint-imports --no-logo --no-cache

# --- the rest ---

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test-live: $(VENV)/.bench
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PYTEST) --numprocesses 0 -m live $(TESTS)

bench: .bench/.peers
	$(BIN)/python bench/run.py $(BENCH)

clean:
	rm -rf $(VENV) $(DEMO) .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# --- set-up: each stamp is made again when pyproject.toml is newer ---

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed pyproject.toml
	$(PIP) install --group dev
	@touch $@

$(VENV)/.bench: $(VENV)/.dev pyproject.toml
	$(PIP) install --group bench
	@touch $@

.bench/.peers: $(VENV)/.dev
	$(BIN)/python bench/run.py --setup
	@touch $@
