# The one task runner: people, CI and Cloud Build all call these targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

$(VENV)/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v in ((3, 11), (3, 12)) else f"Rostrum needs Python 3.11 or 3.12, not {v[0]}.{v[1]}; try: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: setup
setup: $(VENV)/.development ## Install everything into .venv, from pinned and hashed requirements

.PHONY: demo
demo: $(VENV)/.runtime ## One recording goes the whole way (AUDIO=file TEXT="reference" JSON=out.json)
	@$(BIN)/python -m local.demo $(if $(AUDIO),--audio "$$AUDIO") $(if $(TEXT),--text "$$TEXT") $(if $(JSON),--json "$$JSON")

.PHONY: up
up: $(VENV)/.runtime $(if $(filter emulators,$(ENGINE)),$(VENV)/.development) ## Run the whole stack at http://127.0.0.1:8080 until stopped (PORT=, DATA=, ENGINE=emulators)
	@$(BIN)/python -m local.up

.PHONY: token
token: $(VENV)/.runtime ## Print an access token for a new learner of the running stack (DATA=)
	@$(BIN)/python -m local.learner

.PHONY: grant
grant: $(VENV)/.runtime ## Give an account of the running stack a role (EMAIL= ROLE=learner|teacher|admin; DATA=)
	@$(BIN)/python -m local.grant "$$EMAIL" "$$ROLE"

.PHONY: rotate-keys
rotate-keys: $(VENV)/.runtime ## New signing key for tokens (REVOKE=1: the present ones are stolen; DATA=)
	@$(BIN)/python -m local.rotate_keys $(if $(REVOKE),--revoke)

.PHONY: package-check
package-check: $(VENV)/.runtime ## Check course packages (FOLDER=, or all in courses/)
	@$(BIN)/python -m local.packages check $(if $(FOLDER),"$$FOLDER",courses/*/)

.PHONY: dead-letters
dead-letters: $(VENV)/.runtime ## List the events the running stack has given up (DATA=, ENGINE=; or PROJECT= on Google)
	@$(BIN)/python -m local.dead_letters $(if $(PROJECT),--project "$$PROJECT")

.PHONY: replay
replay: $(VENV)/.runtime ## Deliver dead letters again (ID=one, or all of them; DATA=, ENGINE=; or PROJECT= on Google)
	@$(BIN)/python -m local.dead_letters --replay "$(or $(ID),all)" $(if $(PROJECT),--project "$$PROJECT")

.PHONY: check
check: $(VENV)/.development ## Format, lint, types and dependency direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: test
test: check ## Everything: checks, then all tests
	$(BIN)/pytest

.PHONY: contract
contract: $(VENV)/.development ## Every port's contract over both engines: starts the emulators it needs, and stops them
	$(BIN)/pytest tests/contract

.PHONY: emulators
emulators: ## Install the Auth emulator for the tests (needs npm)
	cd tests/emulators && npm ci --omit=optional --no-audit --no-fund

.PHONY: fuzz
fuzz: $(VENV)/.development ## Schemathesis over every operation through the gateway, for long (MINUTES=30 SEED=)
	$(BIN)/python -m bench.fuzz --minutes $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED))

.PHONY: bench
bench: $(VENV)/.development ## Upload to result against raw recognition of the same file
	$(BIN)/python -m bench.recognition

.PHONY: bench-api
bench-api: $(VENV)/.development ## Reads and writes against a bare Flask service and Kinto
	$(BIN)/python -m bench.api

.PHONY: bench-cold-start
bench-cold-start: $(VENV)/.development ## Cold starts on the Google engine beside a hello and bare scripts (ROUNDS=7)
	$(BIN)/python -m bench.cold_start --rounds $(or $(ROUNDS),7)

.PHONY: kill-test
kill-test: $(VENV)/.development ## Kill the stack at random steps and show nothing is lost (KILLS=50 SEED=)
	$(BIN)/python -m bench.kills --kills $(or $(KILLS),50) $(if $(SEED),--seed $(SEED))

.PHONY: fault-test
fault-test: $(VENV)/.development ## Duplicates, reordering, kills and outages over thousands of events (EVENTS=10000 ENGINE=embedded|emulators SEED=)
	$(BIN)/python -m bench.faults --events $(or $(EVENTS),10000) --engine $(or $(ENGINE),embedded) $(if $(SEED),--seed $(SEED))

.PHONY: format
format: $(VENV)/.development ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: docs
docs: $(VENV)/.development ## Render docs/configuration.md and docs/course-package.schema.json
	$(BIN)/python -m local.configuration
	$(BIN)/python -m local.package_schema

.PHONY: lock
lock: $(VENV)/.development ## Resolve requirements*.in into the pinned, hashed requirements*.txt
	$(BIN)/uv pip compile requirements.in --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements.txt
	$(BIN)/uv pip compile requirements-dev.in --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements-dev.txt

.PHONY: clean
clean: ## Remove the virtual environment and caches; recordings and data under .rostrum stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
