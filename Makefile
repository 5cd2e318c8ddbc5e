# Almagest: `make demo` and `make test` do all the set-up themselves. `make help` lists everything.
# PYTHON=python3.12 chooses the interpreter (3.11 or later), PORT=9000 another port
# of demo and serve, PYTEST="-k oai" adds options for pytest.

BIN := .venv/bin
PYTEST ?=
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help demo serve install develop test check format bench lighthouse docs translations screenshots lock services clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: install ## the whole service on sample sources, at http://localhost:8080
	$(BIN)/almagest demo --port $(PORT)

serve: install ## the service on your own catalogue, in ./data
	$(BIN)/almagest serve --port $(PORT)

test: develop ## all tests; those whose service is missing are skipped (see make services)
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST)

check: develop ## format, lint, types, layers and tests: the same as CI
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory test

format: develop ## formats the code and sorts the imports
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

bench: develop ## the benchmarks; figures go to docs/performance.md
	$(BIN)/python -m benchmarks $(BENCH)

lighthouse: develop ## the scores that Lighthouse gives to the pages of the demo (needs make services)
	$(BIN)/python -m benchmarks.lighthouse

docs: develop ## writes the pages of docs/ that follow from the program
	$(BIN)/python docs/generate.py

translations: develop ## collects the messages of the pages, and compiles their translations
	$(BIN)/python -m docs.translations

screenshots: develop ## takes the pictures of docs/pictures/ from the demo (needs chromium)
	$(BIN)/python -m docs.screenshots

lock: ## pins all dependencies anew, with hashes (needs uv)
	uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	    --custom-compile-command "make lock" --extra build setup.cfg -o requirements.txt
	uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	    --custom-compile-command "make lock" --extra build --extra dev -c requirements.txt \
	    --no-annotate setup.cfg -o requirements-dev.txt

services: ## installs PostgreSQL, Elasticsearch and chromium for the tests (Debian, Ubuntu)
	bash .ci/install-services

clean: ## removes the environment and everything that was built
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

install: .venv/.installed ## the program in its own environment, .venv
develop: .venv/.developed ## the same with the tools of the developers

.venv/.installed: requirements.txt setup.cfg pyproject.toml
	@bash .ci/environment requirements.txt
	@touch $@

.venv/.developed: requirements-dev.txt setup.cfg pyproject.toml
	@bash .ci/environment requirements-dev.txt
	@touch $@ .venv/.installed
