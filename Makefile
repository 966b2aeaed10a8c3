# Every target prepares what it needs; `make run` and `make test` work on a fresh machine.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
LIVE   := .venv-live

.PHONY: run test test-user test-ray test-live check format bench trials report cartridge recordings clean

run: $(READY)            ## a whole experiment on the demo cartridge, offline
	$(BIN)/pokerl run

test: $(READY)           ## the test suite
	$(BIN)/python -m pytest -n auto

AS_USER = home=$$(mktemp -d) && HYPOTHESIS_STORAGE_DIRECTORY=$$home/examples $(BIN)/python tests/sandbox/as_user.py 20000 \
	  $$home "$$PWD/$(BIN)/python" -m pytest -p no:cacheprovider --basetemp $$home/tests

# One after another for the sandbox: limits of processes count all that a user runs.
test-user: $(READY)      ## the tests of sandbox and engine as an ordinary user, for root to start
	$(AS_USER) tests/sandbox/test_conformance.py
	$(AS_USER) -n auto tests/rlm

test-live: $(LIVE)/.ready  ## a real model (135M) on a real server; builds llama.cpp, which takes minutes
	POKERL_LIVE=1 $(LIVE)/bin/python -m pytest -m live tests/live

test-ray: $(READY)       ## branches on a Ray cluster of two nodes, all on this computer (installs 80 MB)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev,ray]"
	$(BIN)/python -m pytest -m ray tests/play/test_ray.py

check: $(READY)          ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)          ## speed, as ratios within one run
	$(BIN)/python -m tests.bench

report: $(READY)         ## the engine's numbers: escapes, mutated frames, round trips, starts, deadlines
	$(BIN)/python -m tests.report

trials: $(READY)         ## 250 kills and interrupts of a machine's life and of whole attempts, 100 random runs replayed, five million random frames of the demo game: half an hour
	$(BIN)/python -m tests.trials.kills
	$(BIN)/python -m tests.trials.attempts
	$(BIN)/python -m tests.trials.determinism
	$(BIN)/python -m tests.trials.wandering
	$(BIN)/python -m tests.trials.pace

cartridge: $(READY)      ## rebuild the demo game (needs Debian's sdcc), and try whether its recordings still lead where they did
	$(BIN)/python cartridges/demo/build.py
	$(BIN)/python cartridges/demo/walkthrough.py --check
	$(BIN)/python cartridges/demo/sequence_break.py --check

recordings: $(READY)     ## play the walkthrough and the sequence breaks again, after the game has changed
	$(BIN)/python cartridges/demo/walkthrough.py
	$(BIN)/python cartridges/demo/sequence_break.py

clean:
	rm -rf $(VENV) $(LIVE) build dist

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("pokerl needs Python 3.11 or later; set PYTHON=python3.x") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@

# Without GGML_NATIVE=OFF the build takes every instruction that the processor names, also those that a virtual machine
# does not let through; without --no-cache-dir an earlier build of that kind would be taken.
$(LIVE)/.ready: pyproject.toml
	$(PYTHON) -m venv $(LIVE)
	CMAKE_ARGS=-DGGML_NATIVE=OFF $(LIVE)/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir -e ".[dev,live]"
	touch $@
