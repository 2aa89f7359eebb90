# `make run` and `make test` need Python 3.11+ with venv, make and git; everything else they bring.
# Another environment: make test PYTHON=/path/to/python (nothing is installed then).

.DEFAULT_GOAL := help
.PHONY: help run reset test check check-messages messages lock backup restore manage faults bench install-local install-dev

PORT ?= 8000
export PORT

ifdef PYTHON
INSTALL = @:
else
PYTHON = .venv/bin/python
INSTALL = @for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    exec $$python marketplace/local/install.py $(1); \
	  fi; \
	done; \
	echo "Spichlerz needs Python 3.11 or newer, and none is on the PATH." >&2; exit 1
endif

help:
	@echo "make run       the whole marketplace on this machine: http://127.0.0.1:$(PORT)"
	@echo "make reset     delete this machine's data and start over"
	@echo "make test      all tests     (make test ARGS='tests/orders -k checkout')"
	@echo "make faults    nineteen faults in days of 500 orders (REPEATS=20, ONLY=16,18): docs/faults.md"
	@echo "make check     style, types, layers, migrations, settings"
	@echo "make bench     ratios against floors measured in the same run: docs/performance.md"
	@echo "make manage    a command beside the running site: make manage DO='market_day --orders 300'"
	@echo "make backup    database and media into backups/;  make restore FILE=…  brings them back"

run: install-local
	@exec $(PYTHON) -m marketplace.local run

reset: install-local
	@exec $(PYTHON) -m marketplace.local reset

manage: install-local
	@exec $(PYTHON) -m marketplace.local manage $(DO)

backup: install-local
	@exec $(PYTHON) -m marketplace.local backup

restore: install-local
	@exec $(PYTHON) -m marketplace.local restore "$(FILE)"

test: install-dev
	$(PYTHON) -m pytest $(ARGS)

# Each of nineteen faults REPEATS times, in days of 500 orders; hours on two cores. ONLY=6 SEED=123 plays one again.
REPEATS ?= 20
faults: install-dev
	REPEATS=$(REPEATS) $(PYTHON) -m pytest tests/faults/full.py --numprocesses=0 -p no:randomly $(ARGS)

# Settings as in production, so the checks judge what will run.
PRODUCTION = env -u LOCAL_RUN -u DEBUG HTTPS=1 ALLOWED_HOSTS=spichlerz.example \
	  SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyz-only-for-this-check-0123456789

check: install-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	git ls-files -z '*.html' | xargs -0 -r '$(dir $(shell command -v $(PYTHON)))djade' --check --target-version 5.2
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command as c; c()' --no-logo
	$(PRODUCTION) $(PYTHON) -m mypy
	$(PRODUCTION) $(PYTHON) -W ignore manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory check-messages

# A bare machine has no gettext, so the compiled catalogues are committed; here they are made again.
check-messages:
	@command -v msgfmt >/dev/null || { echo "No gettext here: the .mo files are not compared."; exit 0; }; \
	git ls-files '*.po' | while read -r po; do \
	  msgfmt --check-format -o - "$$po" | cmp -s - "$${po%.po}.mo" || { echo "$${po%.po}.mo is not what $$po says: make messages"; exit 1; }; \
	done

messages: install-dev
	$(PRODUCTION) $(PYTHON) manage.py makemessages --all --no-obsolete --no-wrap --no-location --ignore '.venv/*' --ignore 'tests/*'
	$(PRODUCTION) $(PYTHON) manage.py compilemessages --ignore '.venv/*'

install-local:
	$(call INSTALL,local)

install-dev:
	$(call INSTALL,dev)

# The lists hold hashes for every platform, and no registry's address.
LOCK = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

lock:
	$(LOCK) pyproject.toml --output-file requirements/base.txt
	$(LOCK) pyproject.toml --constraints requirements/base.txt --group local --output-file requirements/local.txt
	$(LOCK) pyproject.toml --constraints requirements/local.txt --group local --group dev \
	  --output-file requirements/dev.txt

# Ratios against floors measured in the same run; docs/performance.md says how.
bench: install-dev
	$(PYTHON) -m tests.bench $(ARGS)
