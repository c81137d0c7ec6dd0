# make demo, make test: all that a fresh machine needs is Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out

.PHONY: demo test lint docs wheel bench bench-engines bench-extract bench-repair bench-store clean

$(VENV)/.base: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kg needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

demo: $(VENV)/.base
	@mkdir -p $(OUT)
	$(BIN)/kg build seeds --store $(OUT)/store
	$(BIN)/kg query regions-stressing --param hazard=尾矿库 --store $(OUT)/store
	$(BIN)/kg export -o $(OUT)/graph.ttl --store $(OUT)/store
	$(BIN)/kg view -o $(OUT)/graph.html --store $(OUT)/store
	@echo "The graph as Turtle: $(OUT)/graph.ttl; to look at in a browser: $(OUT)/graph.html"

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.dev
	$(BIN)/python tools/reference.py docs/reference
	$(BIN)/python tools/notebook.py docs/analysis.ipynb

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --outdir $(OUT)/dist

# Extraction, build and named queries at 100,000 and 1 million triples, and the queries on other engines (Virtuoso
# where it is installed). BENCH="--notices 100 1000 5000" adds 5 million triples, 20000 the long build.
bench: bench-extract bench-store bench-engines
bench-extract: $(VENV)/.bench
	$(BIN)/python -m bench.extract --out $(OUT)/bench
bench-store: $(VENV)/.bench
	$(BIN)/python -m bench.store --charts --out $(OUT)/bench $(BENCH)
bench-engines: $(VENV)/.bench
	$(BIN)/python -m bench.engines --out $(OUT)/bench

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --group bench
	@touch $@

bench-repair: $(VENV)/.dev
	$(BIN)/python -m bench.repair

clean:
	rm -rf $(VENV) $(OUT) build dist
