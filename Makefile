# Everything a developer does with the project. Needs make, a POSIX shell and Python 3.11 or later.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
export FLASK_APP := run.py

.PHONY: help setup run test style check demo guides bench packages vendor translations database

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
	    printf 'make %-8s %s\n' "$$name" "$$what"; done

setup: packages vendor translations database  ## install everything, create and fill the database, draw the guides, serve nothing
	$(BIN)/flask guides build

run: $(BIN)/.runtime vendor translations database  ## the same without the development tools, then serve http://127.0.0.1:5000
	$(BIN)/python run.py

test: packages vendor translations  ## the whole test suite, on SQLite and on PostgreSQL (ARGS='…' goes to pytest)
	$(BIN)/python -m tools.system_packages
	$(BIN)/python -m tools.run_tests $(ARGS)

style: packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: style vendor translations  ## format, lint, import contracts, types and the quick tests
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not ui and not slow'

demo: $(BIN)/.runtime  ## make the demo accounts and applications in an empty database
	$(BIN)/flask demo

guides: packages vendor translations  ## take the pictures of the users' guides, then draw their PDFs
	$(BIN)/python -m tools.guide_pictures
	$(BIN)/flask guides build

bench: packages vendor translations  ## measure the lists at 10,000 and at 100,000 applications, and a form beside other engines
	$(BIN)/python -m tests.bench $(ARGS)
	$(BIN)/python -m tests.bench_form

packages: $(BIN)/.development

vendor: $(BIN)/.runtime
	@$(BIN)/python -m tools.vendor

translations: $(BIN)/.runtime
	@$(BIN)/pybabel --quiet compile --directory translations

database: $(BIN)/.runtime
	$(BIN)/flask db upgrade
	$(BIN)/flask seed
	$(BIN)/flask demo --if-empty

# The stamps lie inside the environment, so that they vanish with it.
$(BIN)/.runtime: requirements.txt $(BIN)/python
	@echo 'installing requirements.txt'
	@$(PIP) --requirement requirements.txt
	@touch $@

$(BIN)/.development: requirements-dev.txt $(BIN)/.runtime
	@echo 'installing requirements-dev.txt'
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

# Not every interpreter that is found works: a version manager's stand-in may only print an error.
$(BIN)/python:
	@for python in python3.11 python3.12 python3.13 python3; do \
	    if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "creating .venv with $$("$$python" --version)"; \
	        exec "$$python" -m venv --clear .venv; \
	    fi; \
	done; \
	echo 'Python 3.11 or later with its venv module is needed (on Debian: apt-get install python3 python3-venv).' >&2; \
	exit 1
