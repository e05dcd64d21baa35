# Everything here runs from a clean clone: the environment is built on first use and again when pyproject.toml changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOLVE_FILE := notebooks/instances/knapsack_20x5.dat

# Beside other work a second thread of the linear algebra only waits and spins.
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help solve test lint types notebooks claims bench clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The plain install: what the package needs, the plots, and compiled kernels.
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[plots]'
	$(BIN)/python -m hybrid.warm
	@touch $@

# What developing takes on top.
$(VENV)/.developing: pyproject.toml $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

solve: $(VENV)/.installed  ## solve a shipped knapsack by slack-free QAOA and by HiGHS, with a picture
	@$(BIN)/python -m hybrid.showcase $(SOLVE_FILE)

test: $(VENV)/.developing  ## quick tests, then the notebooks
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations=15 -m "not slow and not notebook"
	$(BIN)/python -m pytest -m notebook tests/notebooks

lint: $(VENV)/.developing  ## style and import floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.developing  ## type checks of the four packages
	$(BIN)/pyright

notebooks: $(VENV)/.developing  ## execute the notebooks and keep their outputs
	$(BIN)/python -m tests.notebooks

claims: $(VENV)/.developing  ## set each published claim beside ours
	$(BIN)/python -m tests.claims --all

bench: $(VENV)/.developing  ## print what the frame costs
	$(BIN)/python -m tests.bench

clean:  ## remove the environment and all that was built
	rm -rf $(VENV) out *.egg-info build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
