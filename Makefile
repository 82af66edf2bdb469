# Bankview's only entry: `make` lists what it can do. Needs git, make and Python 3.11 or newer with venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
READY := .venv/.ready
DATA := $(or $(XDG_DATA_HOME),$(HOME)/.local/share)
HEADLESS := $(if $(DISPLAY)$(WAYLAND_DISPLAY),,yes)

# The first Python that is new enough and can make a virtual environment.
NEW_ENOUGH := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
find_python = $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$name -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v $$name; break; }; done)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: system
system: ## install the system packages that all targets need (apt, as root or with sudo)
	@packaging/linux/system.sh window screen session browser freeze

.PHONY: demo
demo: $(READY) ## open the app on the demo bank; without a display, drive it and save picture and CSV in demo/
	@packaging/linux/system.sh window $(if $(HEADLESS),screen)
ifdef HEADLESS
	@tests/session.sh --screen-only $(BIN)/python -m tests.e2e.demo demo
	@test -s demo/bankview.png -a -s demo/transactions.csv
else
	@$(BIN)/bankview --demo
endif

.PHONY: test
test: $(READY) ## set up, check, and run every test without touching your screen, keyring or files
	@packaging/linux/system.sh window screen session browser
	@$(MAKE) --no-print-directory check
	@# A process that crashes ends the run: what it had yet to do would be given to nobody, and waited for.
	@tests/session.sh $(BIN)/python -m pytest -n 3 --dist loadfile --max-worker-restart 0 $(PYTEST)

.PHONY: check
check: $(READY) ## format, lint and types, without changing anything
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

.PHONY: format
format: $(READY) ## format the code and apply the linter's safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: bench
bench: $(READY) ## an hour: requests, starts, frames, keys, syncs and files beside bare ones and other programs
	@packaging/linux/system.sh window screen session bench
	@$(BIN)/python -m tests.bench.authorised_get
	@tests/session.sh $(BIN)/python -m tests.bench.start
	@tests/session.sh --screen-only $(BIN)/python -m tests.bench.window
	@tests/session.sh --screen-only $(BIN)/python -m tests.bench.charts
	@tests/session.sh --screen-only $(BIN)/python -m tests.bench.sync_rows
	@tests/session.sh --screen-only $(BIN)/python -m tests.bench.standard_csv
	@$(BIN)/python -m tests.bench.many_syncs

.PHONY: soak
soak: $(READY) ## hours: renewals that race and are killed, a bank's life of a million steps, fetches that are killed
	@$(BIN)/python -m tests.soak.renewal
	@$(BIN)/python -m tests.soak.model 1000000
	@$(BIN)/python -m tests.soak.kill $(or $(KILLS),500)

.PHONY: golden
golden: $(READY) ## rewrite the expected files and pictures of the tests; look at the difference
	@packaging/linux/system.sh window screen
	@$(BIN)/python -m pytest -q -p no:randomly --update-golden tests/banks tests/export
	@tests/session.sh --screen-only $(BIN)/python -m pytest -q -p no:randomly --update-golden tests/ui/test_golden.py

.PHONY: languages
languages: $(READY) ## bring resources/languages up to date with the code; what is new stands there empty
	@$(BIN)/python -m tests.languages

.PHONY: install
install: ## put the app, its icon and its menu entry under your own folders
	@packaging/linux/system.sh window
	@PYTHON="$(or $(find_python),python3)" packaging/linux/install.sh install "$(DATA)"

.PHONY: uninstall
uninstall: ## take the app away again; your data stays
	@packaging/linux/install.sh uninstall "$(DATA)"

.PHONY: package
package: $(READY) ## build the one-folder app in dist/bankview and try it
	@packaging/linux/system.sh window screen session freeze
	@$(BIN)/pip install --quiet --editable '.[package]'
	@$(BIN)/pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build packaging/bankview.spec
	@tests/session.sh $(BIN)/python packaging/smoke.py dist/bankview/bankview

.PHONY: screenshots
screenshots: $(READY) ## take the README's picture, and one of every window in build/screenshots/index.html
	@packaging/linux/system.sh window screen
	@tests/session.sh --screen-only $(BIN)/python -m tests.e2e.demo build/screenshots/demo
	@cp build/screenshots/demo/bankview.png packaging/screenshot.png
	@tests/session.sh --screen-only $(BIN)/python -m tests.screenshots build/screenshots

.PHONY: clean
clean: ## remove everything that was built here; an installed app keeps working
	rm -rf .venv build dist demo .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@python="$(find_python)"; \
	if [ -z "$$python" ]; then echo "Python 3.11 or newer with venv is needed: sudo apt-get install python3-venv" >&2; exit 1; fi; \
	[ -x $(BIN)/python ] || "$$python" -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
