# Everything runs in .venv, which the first target that needs it makes.
PYTHON ?= python3
GROUPS ?= --group dev
VENV := .venv
BIN := $(VENV)/bin

NET := cases/paper-perturbed-tent
PROOF := build/perturbed-tent.certificate.json

.PHONY: prove test check bench docs site cases theories proofs clean help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dask,onnx,plot,sympy]" $(GROUPS)
	touch $@

prove: $(VENV)/ready ## prove that a real network of the paper is chaotic, and check the proof with the lone checker
	@mkdir -p build
	$(BIN)/certify prove $(NET)/map.json -o $(PROOF)
	$(PYTHON) -I -S certify/checker.py $(NET)/map.json $(PROOF)

test: $(VENV)/ready ## run all tests
	$(BIN)/python -m pytest -n auto

check: $(VENV)/ready ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict certify/checker.py
	$(BIN)/lint-imports

bench: $(VENV)/ready ## time prove, check and counting against plain methods and the paper's grid, as ratios
	$(BIN)/python -m tests.bench.prove_bench
	$(BIN)/python -m tests.bench.count_bench
	$(BIN)/python -m tests.bench.enclosure_bench
	$(BIN)/python -m tests.bench.sweep_bench
	$(BIN)/python -m tests.bench.dimension_bench
	$(BIN)/python -m tests.bench.chain_bench
	$(BIN)/python -m tests.bench.cycles_bench 3
	$(BIN)/python -m tests.bench.settling_bench 3
	if command -v coqc >/dev/null; then $(BIN)/python -m tests.bench.coq_bench; fi

docs: $(VENV)/ready ## write the generated pages of docs/ anew
	$(BIN)/python -m tests.test_docs
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/figure_one.py
	$(BIN)/python docs/figure_two.py
	$(BIN)/python docs/radius.py
	$(BIN)/python docs/cross_checking.py
	$(BIN)/python docs/gallery.py
	$(BIN)/python docs/systems.py

site: $(VENV)/ready ## build the documentation site in build/site; a warning is an error
	$(BIN)/sphinx-build -W --keep-going -b html -d build/doctrees docs build/site

theories: ## compile the Coq theories (needs coqc) and print what they assume
	$(MAKE) -C proofs

proofs: $(VENV)/ready theories ## the theories, and the Coq kernel on the exported proof of every case and on wrong ones
	CERTIFY_REQUIRE_OPTIONAL=1 $(BIN)/python -m pytest -n auto tests/test_verify_coq.py

cases: $(VENV)/ready ## write the certificates of all cases anew
	$(BIN)/python cases/make.py

clean: ## remove what the targets made
	$(MAKE) -C proofs clean
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
