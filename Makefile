# Every step of setting up lives here; `make run` and `make test` work on a fresh machine with Python 3.11 and pip.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CONFIG ?= config.yaml
NODE_PARTS := axe-core@4.14.1 vnu-jar@26.9.27

.DEFAULT_GOAL := help
.PHONY: help install run test check bench docs screenshots constraints clean system

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("aggregator needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; set PYTHON=…") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[meaning]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	@touch $@

# Real clients for the end-to-end tests. Without root, or without Debian, those tests skip and say so.
system:
	@command -v newsboat >/dev/null && command -v sqlite3 >/dev/null && command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends newsboat sqlite3 chromium >/dev/null; \
	  else echo "newsboat, sqlite3 or chromium is missing: the tests with real clients will be skipped"; fi; }

# What checks pages: axe-core (accessibility) and the HTML validator of the W3C. Without npm, those tests skip and say so.
$(VENV)/.node: $(VENV)/.dev
	@if command -v npm >/dev/null && npm install --prefix $(VENV)/node --no-package-lock --no-save --ignore-scripts --silent $(NODE_PARTS); \
	  then :; else echo "npm is missing or cannot install: the tests with axe-core and the HTML validator will be skipped"; fi
	@touch $@

install: $(VENV)/.run ## Set up the virtual environment

run: $(VENV)/.run ## Set up and run the daemon: poll, group, publish, serve
	$(BIN)/aggregator --config $(CONFIG) run

test: $(VENV)/.dev $(VENV)/.node system ## Set up and run every test
	$(BIN)/python -m pytest --cov --cov-report=term $(ARGS)

check: $(VENV)/.dev ## Format, lint, types, floors
	$(BIN)/ruff format --check --diff .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench ## Run the benchmarks, each against its baseline (ARGS="parse fetch …" for some)
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.dev ## Write the generated parts of the documentation anew
	$(BIN)/python -m docs.generate

screenshots: $(VENV)/.dev system ## Take the pictures of docs/ anew, of an invented newsroom
	$(BIN)/python -m docs.screenshots

constraints: $(VENV)/.bench ## Pin what is installed now, by name and version only
	$(BIN)/python -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==' > constraints.txt

clean: ## Remove what can be made again (not the data)
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage
