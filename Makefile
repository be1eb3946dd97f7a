# Two commands are all a newcomer needs: make run, make test.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PORT ?= 8000
PY := $(VENV)/bin/python
CORES := $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
# a process per core and one more, since many tests wait (for a lease, a browser, a server they have killed);
# each begins with a stretch of its own, so that what a module sets up is set up once
PYTEST := $(PY) -m pytest -n $$(( $(CORES) + 1 )) --maxprocesses 8 --dist worksteal
PAGES := portal/static/vendor/versions.json
FONTS := fonts-noto-cjk fonts-hanazono fonts-babelstone-han
export PYTHONDONTWRITEBYTECODE := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: help setup run test test-long check noun bench lock fonts

help: ## What there is to make
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready $(PAGES) fonts ## Install everything into .venv and node_modules
	@echo "Ready: $(VENV)/bin/guapai --help"

$(VENV)/.ready: requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is missing. On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is older. Name another one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(MAKE) --no-print-directory venv-package
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: venv-package
venv-package:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q python3-venv; \
	else echo "Python's venv module is missing. On Debian: sudo apt-get install python3-venv"; exit 1; fi

# What the pages serve from their own host: fetched once by npm, copied by portal/web/vendor.py.
node_modules/.ready: package.json package-lock.json .npmrc
	@command -v npm >/dev/null || $(MAKE) --no-print-directory npm-package
	npm ci
	@touch $@

$(PAGES): node_modules/.ready portal/web/vendor.py $(wildcard portal/*.py portal/templates/*.html portal/templates/*/*.html) | $(VENV)/.ready
	$(PY) -m portal.web.vendor

.PHONY: npm-package
npm-package:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q --no-install-recommends nodejs npm; \
	else echo "Node.js and npm are missing; they fetch what the pages are made of. On Debian: sudo apt-get install nodejs npm"; exit 1; fi

fonts:
	@if $(PY) -c 'from notifications.typesetting import check_fonts; check_fonts()' 2>/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q $(FONTS); \
	else echo "Chinese fonts for the papers are missing. On Debian: sudo apt-get install $(FONTS)"; exit 1; fi

run: setup ## The sample city with 400 days behind it, on http://127.0.0.1:8000
	$(VENV)/bin/guapai demo --port $(PORT)

.PHONY: browser
browser:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q chromium; \
	else echo "Chromium is missing; the tests look at the pages with it. On Debian: sudo apt-get install chromium"; exit 1; fi

test: setup browser ## Everything CI runs
	$(MAKE) --no-print-directory check
	$(PYTEST) -m "not long" tests

test-long: setup browser ## The slow ones: chaos, every page in every state, a thousand lives
	$(PYTEST) -m long tests

check: setup ## Style, types, layers
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

noun: setup ## The first files of a noun: make noun NAME=inquiry
	@$(PY) -m tests.sample.new_noun "$(NAME)"

bench: setup ## Ours and the floor, side by side
	$(PY) -m benchmarks.lifecycle
	$(PY) -m benchmarks.sweep
	$(PY) -m benchmarks.post
	$(PY) -m benchmarks.seal
	$(PY) -m benchmarks.portal

lock: ## Pin every requirement with its hashes, without any index address
	$(PY) -m pip install --quiet pip-tools
	$(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header -o requirements-dev.txt requirements-dev.in
	$(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header -o requirements.txt requirements.in
