# Everything runs in .venv, which the targets create and keep up to date with the lock files.
# `make help` lists the targets.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
BIN := .venv/bin
# Ignore any virtual environment that is active in the calling shell.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PYTHON PORT

.DEFAULT_GOAL := help
.PHONY: help run test check fuzz lint format lock bench clean venv venv-dev

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
		while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

run: venv ## Run Readyroom with demo data on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(BIN)/python manage.py prepare
	@echo "Readyroom is on http://127.0.0.1:$(PORT) (Ctrl-C stops it)"
	@exec scripts/serve

test: venv-dev ## Run the tests on SQLite, and on PostgreSQL if available (ARGS="-k board")
	@scripts/test $(ARGS)

check: venv-dev lint ## Lint, check types and run the quick tests on SQLite: a minute, before each commit
	DATABASE_URL= $(BIN)/python -m pytest -q -n 2 -m "not e2e and not fuzz and not slow and not real_data" $(ARGS)

fuzz: venv-dev ## Send the API random valid requests, for about half an hour (ARGS=1000 for more)
	@scripts/fuzz $(ARGS)

lint: venv-dev ## Check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: venv-dev ## Format the code and apply the safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: venv-dev ## Update the lock files (ARGS=--upgrade for newer versions; needs uv)
	scripts/lock $(ARGS)

bench: venv-dev ## Run the benchmarks (ARGS="board api" for some of them)
	$(BIN)/python -m bench $(ARGS)

clean: ## Remove .venv, caches and reports; the database in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis .coverage htmlcov test-results var/static
	find . -name __pycache__ -prune -exec rm -rf {} +

venv:
	@scripts/install requirements.txt

venv-dev:
	@scripts/install requirements-dev.txt
