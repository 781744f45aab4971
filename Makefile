# Two commands do everything on a fresh machine with Python 3.11+ and make:
#   make demo   the main job end to end on loopback; leaves a digest to look at
#   make test   all tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := watcher tests bench

.PHONY: demo run test crash-small crash soak check coverage picture bench bench-match bench-rejudge bench-stories bench-join bench-listing bench-health lock clean

# One environment for everything here; an installation for real uses requirements.lock alone. The lock files name no index and no host; hashes say what may be installed.
$(VENV)/.installed: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("watcher needs Python 3.11 or newer; call: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(VENV)/.installed
	$(BIN)/watcher demo --folder demo-output

run: $(VENV)/.installed
	$(BIN)/watcher run

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

# The service killed at points of its work, on a failing disk, and with known mistakes in it: a small form of it, which `test` runs too.
crash-small: $(VENV)/.installed
	$(BIN)/python -m pytest tests/crash

# The same in full: every statement, commit, phase of a talk and write to the disk, 2,000 kills at random times, power cuts.
# About 6,700 runs of a second each: an hour and a half on two idle cores. One of it: make crash WHAT=random (matrix, mutants, disk, power).
crash: $(VENV)/.installed
	PYTHONPATH=tests/crash:tests/end_to_end $(BIN)/python tests/crash/full.py $(WHAT)

# Two simulated months with fifty feeds, a fault in every twentieth request and a kill every 20 minutes; then the same in one life, to see
# that memory and file descriptors do not grow. About an hour each.
soak: $(VENV)/.installed
	PYTHONPATH=tests/crash:tests/end_to_end $(BIN)/python tests/crash/soak.py
	PYTHONPATH=tests/crash:tests/end_to_end $(BIN)/python tests/crash/soak.py --no-kills

check: $(VENV)/.installed
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

coverage: $(VENV)/.installed
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

# The picture in the README, from the demo's digest. Needs Chromium, and Pillow in the Python that PICTURE_PYTHON names.
picture: demo
	sh docs/make_picture.sh

# What an installation for real has, and no more: development packages slow the start down.
$(VENV)-runtime/.installed: requirements.lock requirements-build.lock pyproject.toml
	test -x $(VENV)-runtime/bin/python || $(PYTHON) -m venv $(VENV)-runtime
	$(VENV)-runtime/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement requirements.lock --requirement requirements-build.lock
	$(VENV)-runtime/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Measures a cold poll of 1,000 loopback feeds and three polls with 5 % changed; see docs/performance.md.
bench: $(VENV)-runtime/.installed
	$(VENV)-runtime/bin/python bench/poll.py

# Measures folding, scanning and judging on one core, beside re, pyahocorasick (installed into a folder of its own) and ripgrep.
bench-match: $(VENV)/.installed
	$(BIN)/python bench/match.py --install

# Measures judging 100,000 stored texts again after a rule change; see docs/performance.md.
bench-rejudge: $(VENV)/.installed
	$(BIN)/python bench/rejudge.py

# How well reports are joined: a made-up newsroom of 2,000 articles, in the order they came and in 20 others.
bench-stories: $(VENV)/.installed
	$(BIN)/python bench/stories.py --full

# What a join costs in archives of 1,000 and of 100,000 stories.
bench-join: $(VENV)/.installed
	$(BIN)/python bench/join.py

# What finding, filtering and adding up cost in an archive of 100,000 stories.
bench-listing: $(VENV)/.installed
	$(BIN)/python bench/listing.py

# How far the states of feed health can be believed: 64 simulated feeds for 90 days, ten seeds, then broken in every way.
bench-health: $(VENV)/.installed
	$(BIN)/python bench/health.py --store

# Needs uv. The options keep the name of every index and host out of the lock files.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --quiet --custom-compile-command "make lock" --output-file requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --quiet --custom-compile-command "make lock" --output-file requirements-dev.lock
	printf 'hatchling\neditables\n' | uv pip compile - --constraint requirements-dev.lock --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --quiet --custom-compile-command "make lock" --output-file requirements-build.lock

clean:
	rm -rf $(VENV) $(VENV)-runtime demo-output bench-output
