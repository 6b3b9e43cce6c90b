# Everything a developer or an operator types.  `make run` is all that a user needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := swr accounts organizations images bench
PYTEST := $(BIN)/python -m pytest
PARALLEL := -n auto --dist loadgroup
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	--strip-extras --allow-unsafe --no-header

.PHONY: help run test test-fast check bench lock clean

help: ## Show what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: $(VENV)/base ## Start the registry in the foreground
	@exec $(BIN)/python manage.py serve

test: $(VENV)/dev ## Run all tests, on SQLite and on PostgreSQL
	@failed=0; \
	$(PYTEST) $(PARALLEL) || failed=1; \
	$(BIN)/python -m tests.postgres $(PYTEST) $(PARALLEL) -m "not pure" || failed=1; \
	exit $$failed

test-fast: $(VENV)/dev ## Run the tests that need no database and no server
	$(PYTEST) -m pure

check: $(VENV)/dev ## Check style, types, architecture, migrations and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy $(SOURCES)
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djlint templates --lint --quiet

bench: $(VENV)/dev ## Measure side by side with another registry
	$(BIN)/python -m bench

lock: $(VENV)/dev ## Pin what requirements/*.in ask for
	$(LOCK) --output-file requirements/base.txt requirements/base.in
	$(LOCK) --output-file requirements/dev.txt requirements/dev.in

clean: ## Remove what can be made again; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are newer than the locks when the environment holds what the locks name.

$(VENV)/base: requirements/base.txt | $(BIN)/pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
