.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
UV := $(VENV)/bin/uv
export OMP_NUM_THREADS ?= 2
export UV_SYSTEM_CERTS = 1
export PYTHONDONTWRITEBYTECODE :=

help:  ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/.installed: requirements.lock pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "uv>=0.8"
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

install: $(VENV)/.installed  ## build the environment from the lock file

demo: install  ## render a small night of games, process it, score it
	$(BIN)/playerid demo

test: install  ## the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: lint test  ## what CI runs

lint: install  ## ruff, mypy, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: install  ## format, and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## speed and memory, as ratios
	$(BIN)/python -m pytest tests/benchmarks -m "not gpu"

tables: install  ## write the generated parts of the README
	$(BIN)/python -m playerid.docs README.md

bill: install  ## the packages of the lock file with their licences, as CycloneDX
	mkdir -p runs && $(BIN)/python deployments/images/bill_of_materials.py > runs/sbom.cdx.json

screenshots: install  ## pictures of the studio over the demo, for the README
	$(BIN)/python -m tests.playerid.serve.screenshots demo playerid/docs/screenshots

stack: install  ## Postgres, Redis, SeaweedFS, a Prefect server and two workers, on this machine
	deployments/stack.sh up

stack-demo: stack  ## a night of 12 games and a backfill of 24 through the stack, compared
	deployments/stack.sh run $(BIN)/python tests/stack/stack_demo.py $(OPTIONS)

stack-faults: stack  ## kill -9 parts of the stack at 20 random moments
	deployments/stack.sh run $(BIN)/python tests/stack/stack_faults.py $(OPTIONS)

kills: install  ## kill -9 commands 200 times, in a folder and in SeaweedFS; what was wrong afterwards
	PYTHONPATH=. $(BIN)/python tests/stack/kills.py $(OPTIONS)

images:  ## the image of Debian's packages and the lock, without a registry; started without root
	deployments/images/images.sh build cpu
	deployments/images/images.sh check cpu

stack-down:  ## stop the stack; its data stay in runs/stack
	deployments/stack.sh down

lock:  ## compile requirements.lock from pyproject.toml
	$(UV) pip compile pyproject.toml --extra dev --generate-hashes \
	  --no-annotate --no-header --python-version 3.11 --quiet \
	  --output-file requirements.lock

.PHONY: help install demo test check lint fix bench tables screenshots lock bill stack stack-demo stack-faults stack-down kills images
