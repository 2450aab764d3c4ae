# Everything runs in an environment of the project's own, built on first use from the pinned, hashed lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_READY := $(VENV)/.bench-ready
# What `make bench` is told, such as BENCH="--quick" or BENCH="--sizes 10000000".
BENCH ?=
TORTURE := $(BIN)/python -m pytest --capture=no
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate

# Where it is set, pytest and every program that a test starts would compile everything anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check torture bench demo-data first-look lock clean

run: $(READY)
	$(BIN)/caz-tui --demo

# Who has nothing left to do takes over tests from who has.
test: check
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What make test does in small, in full: many people at once, programs killed, lines that go, noise on the keyboard.
torture: $(READY)
	CAZ_TORTURE_PEOPLE=20 CAZ_TORTURE_EDITS=200 $(TORTURE) tests/unit/test_many_people.py
	CAZ_TORTURE_KILLS=1000 $(TORTURE) tests/unit/test_killed.py tests/unit/test_first_starts.py tests/pty/test_bad_days.py
	CAZ_TORTURE_INPUTS=1000000 $(TORTURE) --numprocesses auto tests/unit/test_any_input.py
	CAZ_QUEDAS=50 $(TORTURE) tests/pty/test_ssh.py
	CAZ_TORTURE_MINUTES=30 $(TORTURE) tests/pty/test_random_keys.py

bench: $(BENCH_READY)
	$(BIN)/python -m bench $(BENCH)

demo-data: $(READY)
	$(BIN)/python -m bench.demo_data

# Writes down anew what the service sends to SQLite for the first screens.
first-look: $(READY)
	$(BIN)/python -m caz_tui.data.recording

# Writes both locks anew: every version with its hashes, and no address of an index.
lock: $(READY)
	$(BIN)/python -m pip install --quiet pip-tools
	$(COMPILE) --extra dev --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra bench --constraint requirements.lock --output-file requirements-bench.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "caz-tui needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

$(BENCH_READY): $(READY) requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements-bench.lock
	touch $(BENCH_READY)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
