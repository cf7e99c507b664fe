# Needs only python3 (3.11 or newer), make and a package index. Everything is installed into .venv.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
bin := $(VENV)/bin
install := -m pip install --quiet --disable-pip-version-check
lock := requirements/development.txt
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help demo docs web lab clients test-clients test test-deep test-latest test-lowest determinism fuzz fuzz-guided lint style format types contracts lock pictures animations golden mutants bench licences release clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/podsim  ## install podsim and run a scenario
	@$(bin)/podsim run scenarios/await-redis
	@echo; echo "podsim is $(bin)/podsim: put it on your PATH with  . $(bin)/activate"

test: $(VENV)/dev  ## install the locked releases of what tests need, and run the tests
	$(bin)/python -m pytest -n $(WORKERS) -q

clients: $(VENV)/dev  ## fetch kubectl and helm for the tests of `podsim serve` into the user's cache
	$(bin)/python -m tests.serve.clients

test-deep: export PODSIM_TEST_DEEP = 1
test-deep: test  ## as test, with all examples and every file of the corpus: before a release

test-clients: $(VENV)/dev .venv-clients/bin/python  ## run the real clients against served clusters: texts, verbs, requests, helm, libraries (about 30 minutes)
	$(bin)/python -m tests.serve.clients --all
	.venv-clients/bin/python $(install) --require-hashes --requirement requirements/client-libraries.txt
	npm install --prefix build/clients --ignore-scripts --no-audit --no-fund --loglevel=error @kubernetes/client-node@1.4.0
	PODSIM_ALL_CLIENTS=1 PODSIM_CLIENTS_PYTHON=$(CURDIR)/.venv-clients/bin/python PODSIM_CLIENTS_NODE=$(CURDIR)/build/clients \
	$(bin)/python -m tests.serve.all_clients

test-latest: .venv-latest/bin/python  ## run the tests on the newest releases that pyproject.toml allows
	$< $(install) --upgrade --upgrade-strategy eager --editable '.[dev]'
	$< -m pytest -n $(WORKERS) -q

test-lowest: .venv-lowest/bin/python .venv-lock/bin/uv  ## run the tests on the lowest releases that pyproject.toml allows
	.venv-lock/bin/uv pip compile --quiet --python $< --resolution lowest-direct --extra dev --output-file .venv-lowest/requirements.txt pyproject.toml
	$< $(install) --requirement .venv-lowest/requirements.txt
	$< $(install) --no-deps --no-build-isolation --editable .
	$< -m pytest -n $(WORKERS) -q

PYTHONS ?= python3.11 python3.12 python3.13
SEEDS ?= 20
venvs := $(PYTHONS:%=.venv-%/podsim)
.venv-%/podsim: pyproject.toml $(lock)
	$* -m venv .venv-$*
	.venv-$*/bin/python $(install) --require-hashes --requirement $(lock)
	@touch $@

determinism: $(venvs)  ## compare all views of all scenarios: Pythons, hash seeds, time zones, locales, directories (SEEDS=20, hours)
	python3 tools/determinism.py --seeds $(SEEDS) -- $(venvs:%/podsim=%/bin/python)

CASES ?= 1250
FUZZ_SEED ?= 1
fuzz: $(VENV)/dev  ## try odd input at every door of podsim (CASES=1250 for each of 17, FUZZ_SEED=1)
	CASES=$(CASES) FUZZ_SEED=$(FUZZ_SEED) $(bin)/python -m pytest -n $(WORKERS) -q tests/fuzz

DOOR ?= script
RUNS ?= 20000
fuzz-guided: $(VENV)/dev  ## fuzz one door with atheris, guided by coverage (DOOR=script RUNS=20000); atheris installs on Linux only
	$(bin)/python $(install) atheris
	PODSIM_TRACEBACK=1 PODSIM_LIMITS=pods=200,nodes=20,hours=2,runs=20 $(bin)/python -m tests.fuzz.guided '$(DOOR)' -runs=$(RUNS) -artifact_prefix=build/

lint: style format types contracts  ## check style, types and imports between packages

style: $(VENV)/dev
	$(bin)/ruff check .

format: $(VENV)/dev
	$(bin)/ruff format --check .

types: $(VENV)/dev
	$(bin)/mypy

contracts: $(VENV)/dev
	$(bin)/lint-imports

# One lock for all supported releases of Python and all systems, as environment markers; --upgrade takes the newest releases.
compile := .venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'
lock: .venv-lock/bin/uv  ## write requirements/*.txt: the releases, with hashes, that development and CI install
	mkdir -p requirements
	$(compile) --extra dev --output-file $(lock) pyproject.toml
	$(compile) --extra release --constraint $(lock) --output-file requirements/release.txt pyproject.toml
	$(compile) --constraint $(lock) --output-file requirements/slim.txt requirements/slim.in
	$(compile) --output-file requirements/client-libraries.txt requirements/client-libraries.in

docs: $(VENV)/dev  ## build the site of docs/ and the executed notebooks into build/site, with its links checked
	$(bin)/python -m tools.site.build

web: web/node_modules/.package-lock.json  ## build the report page from web/ into simulator/; needs Node.js 20 or newer
	npm run --silent --prefix web build

data := web/podsim-lab/podsim_lab/data/packages.zip
lab: $(VENV)/podsim $(data)  ## write the lab, podsim in a browser tab, as static files into build/lab
	$(bin)/podsim lab --build build/lab

$(data): tools/lab.py requirements/lab.txt web/node_modules/.package-lock.json | $(bin)/python
	$(bin)/python tools/lab.py

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	npm ci --prefix web --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

pictures: $(VENV)/dev  ## redraw the pictures of the documents
	$(bin)/python tools/pictures.py

animations: $(VENV)/dev $(data)  ## redraw the animated pictures of the README; needs Chromium
	$(bin)/python tools/animations.py

golden := tests/golden tests/documents tests/notebooks $(addprefix tests/,advice/test_advice_page.py ci/test_ci_page.py editors/test_editors_page.py public/test_testing_page.py testing/test_example_project.py lessons/test_schema.py lessons/test_texts.py)
golden: $(VENV)/dev  ## accept the current output as the expected one; review the diff
	$(bin)/python -m pytest -q $(golden) --update-golden

mutants: $(VENV)/dev  ## insert 300 faults into the code, one at a time, and count those that the tests catch
	$(bin)/python tools/mutation --workers $(WORKERS) $(MUTANTS)

bench: $(VENV)/dev  ## run the benchmarks and write docs/benchmarks.md (BASE=commit: compare start-up with a commit)
	PODSIM_BENCHMARK_BASE='$(BASE)' $(bin)/python tools/benchmarks.py

licences: $(VENV)/dev  ## list the licences of all locked packages; fails on one that is not allowed
	$(bin)/python tools/supply_chain.py licences

release: $(VENV)/dev $(data)  ## check the changelog, build sdist, wheel and bill of materials (CycloneDX) into dist/
	$(bin)/python tools/changelog.py
	$(bin)/python $(install) --require-hashes --requirement requirements/release.txt
	rm -rf dist
	$(bin)/python -m build --no-isolation
	$(bin)/python -m build --no-isolation --outdir dist web/podsim-lab
	$(bin)/python -m twine check --strict dist/*
	$(bin)/python tools/supply_chain.py sbom dist/podsim.cdx.json

clean:  ## remove everything that was generated
	rm -rf $(VENV) .venv-* build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

%/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"podsim needs Python 3.11 or newer, this is {v[0]}.{v[1]}; name another: make PYTHON=python3.12") if v < (3, 11) else None'
	$(PYTHON) -m venv '$*'

.venv-lock/bin/uv: | .venv-lock/bin/python
	.venv-lock/bin/python $(install) uv

# Empty files record what is installed: pip runs again only when pyproject.toml or the lock has changed. Modules are compiled at
# once, because some settings of Python keep nothing that it compiles later, and then each start takes twice as long.
$(VENV)/podsim: pyproject.toml | $(bin)/python
	$(bin)/python $(install) --editable .
	@$(bin)/python -m compileall -q simulator
	@touch $@

$(VENV)/dev: pyproject.toml $(lock) | $(bin)/python
	$(bin)/python $(install) --require-hashes --requirement $(lock)
	$(bin)/python $(install) --no-deps --no-build-isolation --editable .
	@$(bin)/python -m compileall -q simulator
	@touch $@ $(VENV)/podsim
