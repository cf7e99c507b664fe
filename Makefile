# Needs only python3 (3.11 or newer), make and a package index. Everything is installed into .venv.
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
bin := $(VENV)/bin
.DEFAULT_GOAL := help

.PHONY: help demo test lint style format types contracts pictures golden mutants clean

help:  ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(VENV)/podsim  ## install podsim and play the lesson
	@$(bin)/podsim run scenarios/await-redis
	@echo; echo "podsim is $(bin)/podsim: put it on your PATH with  . $(bin)/activate"

test: $(VENV)/dev  ## install what tests need, and run them
	$(bin)/python -m pytest -n $(WORKERS) -q

lint: style format types contracts  ## style, types, and who may import whom

style: $(VENV)/dev
	$(bin)/ruff check .

format: $(VENV)/dev
	$(bin)/ruff format --check .

types: $(VENV)/dev
	$(bin)/mypy

contracts: $(VENV)/dev
	$(bin)/lint-imports

pictures: $(VENV)/dev  ## draw the pictures of the documents again
	$(bin)/python tools/pictures.py

golden: $(VENV)/dev  ## write what comes out as what is expected; review it as a diff
	$(bin)/python -m pytest -q tests/golden tests/packaging tests/notebooks --update-golden

mutants: $(VENV)/dev  ## put 300 faults into the code, one at a time: do the tests notice?
	$(bin)/python tools/mutation --workers $(WORKERS) $(MUTANTS)

clean:  ## remove what was made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(bin)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"podsim needs Python 3.11 or newer, this is {v[0]}.{v[1]}; name another: make PYTHON=python3.12") if v < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

# Empty files that say what is installed: pip runs again only when pyproject.toml has changed. Modules are compiled at once,
# for Python may be told to keep nothing that it compiles later, and then each start takes twice as long.
$(VENV)/podsim: pyproject.toml | $(bin)/python
	$(bin)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(bin)/python -m compileall -q simulator
	@touch $@

$(VENV)/dev: pyproject.toml | $(bin)/python
	$(bin)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(bin)/python -m compileall -q simulator
	@touch $@ $(VENV)/podsim
