# The same commands for people and for the build server. All is kept in .venv, installed from lock files.
# Every path here is relative, so that the project may lie in a folder whose name holds blanks.

SHELL := /bin/sh
.SHELLFLAGS := -euc
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
ARGS ?=
WORKERS ?= auto
IN := .venv/bin/python -m
STAMPS := .venv/stamps
COOLED := --exclude-newer "7 days"
LOCK := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet $(COOLED)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
export UV_NO_PROGRESS := 1

.PHONY: help setup demo test test-postgres check fix bench docs sbom lock clean

help: ## say what can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile
	@printf '\nWith options: make demo ARGS=--once, make test ARGS="-k policy", make PYTHON=python3.12 setup\n'

setup: $(STAMPS)/python $(STAMPS)/yardstick $(STAMPS)/web $(STAMPS)/messages ## set everything up; costs nothing the second time
	@:

demo: setup ## run the main job on a small invented country, then serve the site on http://127.0.0.1:8000
	@.venv/bin/schakel demo $(ARGS)

test: check ## all checks, then all tests; at least 95 % of the branches
	@rm -f .coverage .coverage.*; mkdir -p build
	@# The walks over every address come apart: counting their lines takes as long again, and the tests of each page do it.
	@$(IN) coverage run -m pytest -n $(WORKERS) --dist loadgroup $(or $(ARGS),-m 'not walk') && failed=0 || failed=$$?; \
	$(IN) coverage combine --quiet >build/coverage.txt 2>&1 || cat build/coverage.txt; \
	if [ $$failed -ne 0 ]; then exit $$failed; fi; \
	[ -n '$(ARGS)' ] || $(IN) coverage report --fail-under=95 >build/coverage.txt || { cat build/coverage.txt; exit 1; }
	@[ -n '$(ARGS)' ] || $(IN) pytest -n $(WORKERS) --dist loadgroup -m walk

test-postgres: setup ## the tests that use a database, on the server that DATABASE_URL names
	@[ -n "$${DATABASE_URL:-}" ] || { echo 'Set DATABASE_URL first, such as postgresql://user@host/schakel.'; exit 2; }
	@$(IN) pytest -n $(WORKERS) --dist loadgroup -p tests.house.database_only $(ARGS)

check: setup ## linters, types, floors, migrations, templates, licences
	$(IN) ruff check --quiet
	$(IN) ruff format --check --quiet
	$(IN) mypy schakel tests
	.venv/bin/lint-imports --no-logo >build/imports.txt || { cat build/imports.txt; exit 1; }
	$(IN) tests.house.migrations
	$(IN) djlint --lint --quiet schakel/web/templates
	$(IN) reuse lint --quiet || $(IN) reuse lint

fix: setup ## put right what the linters can put right
	@$(IN) ruff check --fix --quiet; $(IN) ruff format --quiet

bench: setup ## measure, print a table, write build/bench.json
	@$(IN) tests.bench $(ARGS)

docs: setup ## write the generated pages of the reference
	@$(IN) tests.house.reference

sbom: setup $(STAMPS)/sbom ## write what we are made of to build/sbom.json and, for the site, build/sbom-web.json (CycloneDX)
	@.venv/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-file build/sbom.json .venv/bin/python
	@PATH="$$PATH:$$PWD/.venv/bin" npm sbom --sbom-format cyclonedx --package-lock-only >build/sbom-web.json

lock: setup ## choose the newest releases that are a week old, and lock them with their hashes
	$(LOCK) --upgrade pyproject.toml --group dev -o requirements.lock
	$(LOCK) --upgrade --group pyproject.toml:node -o requirements-node.lock
	$(LOCK) --upgrade --group pyproject.toml:yardstick -o requirements-yardstick.lock
	$(LOCK) --upgrade --group pyproject.toml:sbom -o requirements-sbom.lock
	echo uv | $(LOCK) --upgrade --no-annotate - -o requirements-uv.lock
	printf 'poetry-core\nsetuptools\n' | $(LOCK) --upgrade --no-annotate - -o requirements-build.lock

clean: ## remove what was built; var/, with the database, stays
	rm -rf build .venv node_modules .coverage .coverage.*

# The environment. Each stamp is newer than the lock file that it was made from.

$(STAMPS)/uv: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Schakel needs Python 3.11 or newer, and $(PYTHON) is older or missing.' \
			'Name another one: make PYTHON=python3.12 setup'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'This Python has no venv. On Debian and Ubuntu: apt install python3-venv'; exit 1; }
	@echo 'Setting up .venv'
	@[ -x .venv/bin/python ] || $(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) build
	@$(IN) pip install --quiet --require-hashes -r requirements-uv.lock
	@touch $@

$(STAMPS)/python: requirements.lock requirements-build.lock pyproject.toml $(STAMPS)/uv
	@echo 'Installing the Python packages of requirements.lock'
	@$(IN) uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes --build-constraints requirements-build.lock \
		requirements.lock
	@$(IN) uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/yardstick: requirements-yardstick.lock $(STAMPS)/python
	@$(IN) uv pip install --quiet --python .venv/bin/python --require-hashes \
		--build-constraints requirements-build.lock --requirements $< 2>build/yardstick.txt \
		|| echo 'Without a C compiler the bench has no plain loop to compare with; all else works.'
	@touch $@

$(STAMPS)/sbom: requirements-sbom.lock $(STAMPS)/python
	@$(IN) uv venv --quiet --clear .venv/sbom
	@$(IN) uv pip install --quiet --python .venv/sbom/bin/python --require-hashes -r $<
	@touch $@

$(STAMPS)/npm: package.json package-lock.json requirements-node.lock $(STAMPS)/python
	@echo 'Installing the styles and scripts of package-lock.json'
	@if node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1; \
	then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else \
		$(IN) uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-node.lock; \
		PATH="$$PWD/.venv/bin:$$PATH" .venv/bin/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	fi
	@touch $@

$(STAMPS)/web: schakel/web/build.py schakel/web/maps/outlines.py schakel/web/maps/islands.toml $(STAMPS)/npm
	@$(IN) schakel.web.build >build/web.txt
	@touch $@

$(STAMPS)/messages: $(wildcard schakel/web/locale/*/LC_MESSAGES/*.po) $(wildcard schakel/web/messages.py) $(STAMPS)/python
	@[ ! -e schakel/web/messages.py ] || $(IN) schakel.web.messages >build/messages.txt
	@touch $@
