# The two commands a newcomer needs: `make factsheet` and `make test`.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
.DELETE_ON_ERROR:
.PHONY: factsheet explorer embedded test check audit bench bench-fuzz docs lock clean help mutation

help:
	@echo 'make factsheet  build out/factsheet-2015/ from the embedded edition, without network'
	@echo 'make explorer   write out/explorer/ from the embedded edition: open its index.html'
	@echo 'make embedded   both shipped editions anew, from files of the publishers (FILES=DIR)'
	@echo 'make test       run the tests'
	@echo 'make check      linters, types, import contracts, dependencies'
	@echo 'make docs       the docs site in out/docs/, without network'
	@echo 'make audit      every cell, sum and printed number of the embedded editions, by a program of its own'
	@echo 'make bench      benchmarks, each a ratio against a named baseline'
	@echo 'make mutation   sampled breaks of a room (ROOM=flows), and those that no test sees'
	@echo 'make bench-fuzz damaged files against every reader: what changes in silence comes first'

.venv/run: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo 'sojourn needs Python 3.11 or newer; set PYTHON=/path/to/python'; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

factsheet: .venv/run
	$(BIN)/sojourn factsheet 2015 --out out/factsheet-2015

explorer: .venv/run
	$(BIN)/sojourn explorer --out out/explorer

# Both shipped editions, from the publishers' files in FILES (CONTRIBUTING.md says which)
EMBEDDED := undesa unhcr idmc eurostat iom who worldbank wpp topics
EMBEDDED_2024 := current topics
embedded: .venv/run
	@for d in $(EMBEDDED) $(EMBEDDED_2024); do test -d "$(FILES)/$$d" || { \
	  echo "make embedded FILES=DIR: there is no $(FILES)/$$d; CONTRIBUTING.md says what DIR holds"; exit 1; }; done
	rm -rf out/embedded-store out/embedded-store-2024 out/embedded out/embedded-2024
	-$(BIN)/sojourn load $(addprefix $(FILES)/,$(EMBEDDED)) --data out/embedded-store
	-$(BIN)/sojourn load $(addprefix $(FILES)/,$(EMBEDDED_2024)) --data out/embedded-store-2024
	$(BIN)/sojourn flows --period 2010-2015 --band --data out/embedded-store --out out/embedded-flows.csv
	$(BIN)/sojourn pack 2015 --data out/embedded-store --out out/embedded
	$(BIN)/sojourn pack 2024 --data out/embedded-store-2024 --out out/embedded-2024
	rm -rf src/sojourn/embedded && mv out/embedded src/sojourn/embedded
	rm -rf src/sojourn/embedded_2024 && mv out/embedded-2024 src/sojourn/embedded_2024

test: .venv/dev
	$(BIN)/python -m pytest -q -n auto

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry src

docs: .venv/dev
	$(BIN)/python scripts/build_reference.py
	$(BIN)/python scripts/build_manual.py
	$(BIN)/sphinx-build -q -W -b html docs out/docs

# every cell, sum and linked number of both embedded editions, by a program that imports nothing of the package;
# FILES: a folder with the publishers' files, without it figures and printed numbers alone
audit: .venv/dev
	@for year in 2015 2024; do \
	  $(BIN)/sojourn factsheet $$year --out out/factsheet-$$year && \
	  $(BIN)/python tests/audit.py out/factsheet-$$year $(FILES) || exit 1; done

bench: .venv/dev
	@for b in benchmarks/bench_*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

bench-fuzz: .venv/dev
	$(BIN)/python benchmarks/fuzz_tables.py
	$(BIN)/python benchmarks/fuzz_readers.py

# cosmic-ray: mutants of the syntax tree by a runner of the field; in a room of its own, since nothing that is
# shipped or tested needs it. ROOM, MUTANTS and SEED choose: make mutation ROOM=protect MUTANTS=60 SEED=1
ROOM ?= flows
MUTANTS ?= 60
SEED ?= 1
.venv/mutation/bin/cosmic-ray: .venv/dev
	$(PYTHON) -m venv .venv/mutation
	.venv/mutation/bin/python -m pip install --quiet --disable-pip-version-check cosmic-ray==8.7.0

mutation: .venv/mutation/bin/cosmic-ray
	.venv/mutation/bin/python benchmarks/sample_mutants.py $(ROOM) --mutants $(MUTANTS) --seed $(SEED)

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group run-build pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev --extra cluster --extra dataframe --extra serve -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
