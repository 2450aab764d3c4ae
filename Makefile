# Everything runs in an environment of the project's own, built on first use from the pinned, hashed lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check torture bench demo-data lock clean

run: $(READY)
	$(BIN)/caz-tui --demo

test: check
	$(BIN)/python -m pytest --numprocesses auto

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What make test does in small, in full: many people at once.
torture: $(READY)
	CAZ_TORTURE_PEOPLE=20 CAZ_TORTURE_EDITS=200 $(BIN)/python -m pytest --capture=no tests/unit/test_many_people.py

bench: $(READY)
	$(BIN)/python -m bench

demo-data: $(READY)
	$(BIN)/python -m bench.demo_data

# Writes requirements.lock anew: every version with its hashes, and no address of an index.
lock: $(READY)
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --extra dev --strip-extras --allow-unsafe --no-header \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate \
		--output-file requirements.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "caz-tui needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
