# Everything runs in .venv, which the targets make and keep in step with the lock files.
# `make help` lists the targets.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
BIN := .venv/bin
# The same tools, whatever the shell that calls make has activated or set for Python.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PYTHON PORT

.DEFAULT_GOAL := help
.PHONY: help run test fuzz lint format lock bench clean venv venv-dev

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
		while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

run: venv ## Serve the portal with demo data on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(BIN)/python manage.py prepare
	@echo "Readyroom is on http://127.0.0.1:$(PORT) (Ctrl-C stops it)"
	@exec scripts/serve

test: venv-dev ## Run the tests on SQLite, and on PostgreSQL where one answers (ARGS="-k board")
	@scripts/test $(ARGS)

fuzz: venv-dev ## Send the API what its document allows, for half an hour or so (ARGS=1000 for more)
	@scripts/fuzz $(ARGS)

lint: venv-dev ## Check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: venv-dev ## Format the code and apply the safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: venv-dev ## Lock the requirements again (ARGS=--upgrade for newer versions; needs uv)
	scripts/lock $(ARGS)

bench: venv-dev ## Measure the board, a status change, the API, live updates
	$(BIN)/python -m bench $(ARGS)

clean: ## Remove .venv, caches and reports; the database in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis .coverage htmlcov test-results var/static
	find . -name __pycache__ -prune -exec rm -rf {} +

venv:
	@scripts/install requirements.txt

venv-dev:
	@scripts/install requirements-dev.txt
