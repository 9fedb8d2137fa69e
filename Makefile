# The one task runner: people, CI and Cloud Build all call these targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ENVIRONMENTS := infra/terraform/environments
REGION ?= europe-west1
TERRAFORM ?= terraform
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

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

.PHONY: rescore
rescore: $(VENV)/.runtime ## Judge stored analyses of other versions again, without the audio; a dry run without APPLY=1 (AFTER=ID PER_SECOND=5; DATA=, ENGINE=; or PROJECT= on Google)
	@$(BIN)/python -m local.rescore $(if $(APPLY),--apply) $(if $(AFTER),--after "$$AFTER") $(if $(PER_SECOND),--per-second "$$PER_SECOND") $(if $(PROJECT),--project "$$PROJECT")

.PHONY: golden
golden: $(VENV)/.development ## Write the golden analyses anew, after a change of the engine that is meant
	$(BIN)/python -m tests.golden

.PHONY: check
check: $(VENV)/.development ## Format, lint, types and dependency direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: test
test: check ## Everything: checks, then all tests (WORKERS=2 processes)
	$(BIN)/pytest --numprocesses $(or $(WORKERS),2) --dist worksteal

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

.PHONY: bench-speech
bench-speech: $(VENV)/.development ## Each stage of the engine against raw recognition, and its memory (CASES=cases.json ROUNDS=5)
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.speech --rounds $(or $(ROUNDS),5) $(if $(CASES),--cases "$$CASES")

.PHONY: accuracy
accuracy: $(VENV)/.development ## Accuracy on labelled and synthesised recordings, to docs/accuracy.md (CASES=cases.json LEARNERS=folder ALL=1)
	nice -n 10 $(BIN)/python -m bench.accuracy $(if $(CASES),--cases "$$CASES") $(if $(LEARNERS),--learners "$$LEARNERS") $(if $(ALL),--all)

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

.PHONY: robustness
robustness: $(VENV)/.development ## The speech engine over mutations of real recordings (COUNT=500 SEED=1)
	$(BIN)/python -m bench.robustness --count $(or $(COUNT),500) --seed $(or $(SEED),1)

.PHONY: restore-drill
restore-drill: $(VENV)/.development ## Lose data, restore it to a chosen second, and print RPO and RTO (SECONDS_OF_WRITES=10)
	$(BIN)/python -m bench.restore_drill --seconds $(or $(SECONDS_OF_WRITES),10)

.PHONY: bench-capacity
bench-capacity: $(VENV)/.development ## CPU seconds of every operation and attempt, then docs/capacity.md from them and the prices
	nice -n 10 $(BIN)/python -m bench.capacity

.PHONY: image
image: ## Build the services' image and push it (IMAGE=HOST/PATH:TAG COMMIT= DIGEST_FILE=)
	docker pull --quiet --platform linux/amd64 python:3.12-slim
	docker build --platform linux/amd64 --build-arg PYTHON_IMAGE="$$(docker inspect --format '{{index .RepoDigests 0}}' python:3.12-slim)" \
		--label org.opencontainers.image.revision="$$COMMIT" --tag "$$IMAGE" .
	docker push "$$IMAGE"
	mkdir -p build
	docker inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$$IMAGE" | grep "^$${IMAGE%:*}@" > "$$DIGEST_FILE"

.PHONY: sbom
sbom: ## Have Artifact Analysis write down what an image consists of (DIGEST_FILE=)
	gcloud artifacts sbom export --uri="$$(cat "$$DIGEST_FILE")"

.PHONY: values
values: ## Fetch an environment's own values from beside its state (ENVIRONMENT= STATE_BUCKET=)
	gcloud storage cp "gs://$$STATE_BUCKET/values/$$ENVIRONMENT.tfvars" "$(ENVIRONMENTS)/$$ENVIRONMENT/terraform.tfvars"

.PHONY: plan
plan: $(VENV)/.runtime ## Save and show what Terraform would change (ENVIRONMENT= STATE_BUCKET= IMAGE= or DIGEST_FILE=; LOCK=false ALLOW_DESTROY=address)
	$(TERRAFORM) -chdir="$(ENVIRONMENTS)/$$ENVIRONMENT" init -input=false -backend-config=bucket="$$STATE_BUCKET"
	$(TERRAFORM) -chdir="$(ENVIRONMENTS)/$$ENVIRONMENT" plan -input=false -lock=$(or $(LOCK),true) -out=rostrum.tfplan \
		-var=image="$(if $(IMAGE),$$IMAGE,$$(cat "$$DIGEST_FILE"))" -var=state_bucket="$$STATE_BUCKET"
	$(TERRAFORM) -chdir="$(ENVIRONMENTS)/$$ENVIRONMENT" show -json rostrum.tfplan | $(BIN)/python -m delivery.plans $(if $(ALLOW_DESTROY),--allow-destroy "$$ALLOW_DESTROY")

.PHONY: apply
apply: ## Carry out the plan that `make plan` saved (ENVIRONMENT=)
	$(TERRAFORM) -chdir="$(ENVIRONMENTS)/$$ENVIRONMENT" apply -input=false rostrum.tfplan

.PHONY: release
release: ## Release this working copy as Cloud Build would (PROJECT= ENVIRONMENT= REGION=)
	gcloud builds submit --project="$$PROJECT" --region="$(REGION)" --config=cloudbuild.yaml \
		--service-account="projects/$$PROJECT/serviceAccounts/deployer@$$PROJECT.iam.gserviceaccount.com" \
		--substitutions=_ENVIRONMENT="$$ENVIRONMENT",_REGION="$(REGION)",_REGISTRY="$(REGION)-docker.pkg.dev/$$PROJECT/rostrum"

.PHONY: rollback
rollback: $(VENV)/.runtime ## Give a service's traffic to an earlier revision (PROJECT= SERVICE= REVISION=, else the one before; REGION=)
	@$(BIN)/python -m delivery.rollback --project "$$PROJECT" --region "$(REGION)" --service "$$SERVICE" --revision "$(REVISION)"

$(VENV)-checkov/.installed: infra/terraform/checkov.txt
	$(PYTHON) -m venv $(VENV)-checkov
	$(VENV)-checkov/bin/python -m pip install --quiet --require-hashes -r infra/terraform/checkov.txt
	@touch $@

.PHONY: tf-check
tf-check: $(VENV)/.development $(VENV)-checkov/.installed ## Terraform: format, modules, their tests, plans of all environments, rules, checkov (TERRAFORM=)
	@$(BIN)/python -m delivery.terraform --terraform "$(TERRAFORM)" --checkov $(VENV)-checkov/bin/checkov $(if $(filter file,$(origin TERRAFORM)),--optional)

SCORER := .rostrum/scorer

$(SCORER)/.venv/.ready: requirements.txt bench/scorer/requirements.txt bench/scorer/torch.txt
	$(PYTHON) -m venv $(SCORER)/.venv
	$(SCORER)/.venv/bin/python -m pip install --quiet --require-hashes -r requirements.txt
	$(SCORER)/.venv/bin/python -m pip install --quiet --require-hashes -r bench/scorer/requirements.txt
	$(SCORER)/.venv/bin/python -m pip install --quiet -r bench/scorer/torch.txt
	@touch $@

PLANTED ?= $(SCORER)/planted

$(PLANTED)/manifest.json: | $(SCORER)/.venv/.ready
	$(SCORER)/.venv/bin/python -m bench.scorer.planted "$$DATA" "$(PLANTED)"

.PHONY: train-scorer
train-scorer: $(SCORER)/.venv/.ready $(PLANTED)/manifest.json ## Train the pronunciation scorer and print its cross-validation, after synthesisers have read the learners' sentences with errors; PyTorch comes without hashes, see bench/scorer/torch.txt (DATA=folder with labels.json, NATIVES=cases.json, PLANTED=folder)
	OMP_NUM_THREADS=1 $(SCORER)/.venv/bin/python -m bench.scorer "$$DATA" $(if $(NATIVES),--natives "$$NATIVES") --planted "$(PLANTED)"

.PHONY: train-spelling
train-spelling: $(VENV)/.development ## Learn spelling to sound from the dictionary and print its error rates on words held out
	$(BIN)/python -m bench.spelling

.PHONY: format
format: $(VENV)/.development ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: docs
docs: $(VENV)/.development ## Render docs/configuration.md, docs/course-package.schema.json, docs/capacity.md and docs/accuracy.md
	$(BIN)/python -m local.configuration
	$(BIN)/python -m local.package_schema
	$(BIN)/python -m bench.capacity --render
	$(BIN)/python -m bench.accuracy --render

.PHONY: archives
archives: $(VENV)/.runtime ## Stage the functions' source archives in build/functions, as Terraform takes them
	@$(BIN)/python -m delivery.archives

.PHONY: lock
lock: $(VENV)/.development ## Resolve requirements*.in into the pinned, hashed requirements*.txt, and the deployables' from them
	$(BIN)/uv pip compile requirements.in --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements.txt
	$(BIN)/uv pip compile requirements-dev.in --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements-dev.txt
	$(BIN)/uv pip compile infra/terraform/checkov.in --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o infra/terraform/checkov.txt
	$(BIN)/uv pip compile bench/scorer/requirements.in --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o bench/scorer/requirements.txt
	$(BIN)/uv pip compile bench/accuracy/voices.in --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o bench/accuracy/voices.txt
	$(BIN)/python -m delivery.requirements

.PHONY: clean
clean: ## Remove the virtual environment and caches; recordings and data under .rostrum stay
	rm -rf $(VENV) $(VENV)-checkov .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
