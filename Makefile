# make start    install, read the documents, serve the chat
# make test     install, run the tests (they check form and types of the code too)
# Both make the virtual environment themselves and need nothing but Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# PyTorch without what only graphics cards use (several gigabytes). macOS has one build.
TORCH ?= torch==2.13.0$(if $(filter Linux,$(shell uname -s)),+cpu)

.PHONY: start test install constraints clean

start: install
	$(BIN)/rus ingest || test $$? -eq 1
	$(BIN)/rus serve

test: install
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

install: $(VENV)/installed

# pip finds the build where an index or a folder that holds it is configured; elsewhere uv knows where PyTorch keeps it.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet '$(TORCH)' -c constraints.txt || \
		{ $(BIN)/python -m pip install --quiet uv && $(BIN)/uv pip install --python $(BIN)/python --torch-backend cpu '$(TORCH)'; }
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# The versions of this environment, written down. Local build marks ("+cpu") and this project are left out.
constraints: install
	$(BIN)/python -m pip freeze --exclude-editable --exclude uv | sed 's/+cpu$$//' > $(VENV)/frozen
	{ sed -n '/^#/p' constraints.txt; cat $(VENV)/frozen; } > $(VENV)/constraints && mv $(VENV)/constraints constraints.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
