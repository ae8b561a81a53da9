# Every target works on a fresh clone: the environment is made first, from the lock of tested versions.
PYTHON ?= python3
BIN = .venv/bin
# Where it is set, every start of a command would compile the whole program again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all servers proof check bench torture fresh golden format install

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml tools/make_environment.py
	$(PYTHON) tools/make_environment.py
	@touch $@

demo: .venv/installed
	$(BIN)/publisher demo

# Three at once on two cores: many tests wait for a socket.
test: .venv/installed
	$(BIN)/python -m pytest -m "not slow" -n 3

# What is slow, after what is quick; `make test test-all` runs the quick ones once. As root on Debian the real servers
# are installed first; without them the tests against them are skipped, and say so.
test-all: test servers
	$(BIN)/python -m pytest -m slow -n 3 -rs

servers: .venv/installed
	$(BIN)/python tools/install_servers.py

# Proves the channels against the real servers and writes down which, when and how: docs/conformance.yaml.
proof: servers
	PUBLISHER_PROOF=record $(BIN)/python -m pytest -m slow -n 3 -rs tests/contract
	$(BIN)/python tools/write_channel_table.py

check: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/unit/test_imports.py -p no:xdist
	$(BIN)/publisher check --lang en

format: .venv/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Ratios of one run, never seconds: what our own code costs beside the work nobody can spare.
bench: .venv/installed
	$(BIN)/publisher bench

# make torture SEED=7 DELIVERIES=10000            one process on SQLite
# make torture SEED=7 DELIVERIES=10000 DATABASE=postgres    four processes on a Postgres started for the run
SEED ?= 7
DELIVERIES ?= 2000
DATABASE ?= sqlite
TORTURE = $(BIN)/python -m publisher.queue.torture SEED=$(SEED) DELIVERIES=$(DELIVERIES) ACCOUNTS=300 HITS=20
torture: .venv/installed
ifeq ($(DATABASE),postgres)
	$(BIN)/python -m tests.servers.postgres $(TORTURE) PROCESSES=4 DATABASE={database}
else
	$(TORTURE)
endif

golden: .venv/installed
	PUBLISHER_GOLDEN=record $(BIN)/python -m pytest tests/golden -p no:xdist

# A fresh clone of what is committed, in a folder that is thrown away: does the README still hold?
fresh:
	$(PYTHON) tools/try_fresh_clone.py
