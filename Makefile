# Each target does all of its own set-up: Debian packages, .venv from the lock with hashes, editable install.
#
#   make run      the demo hall: gateway, window, simulated camera (no display: the whole main job without a window)
#   make test     every check: ruff, layer contracts, mypy --strict, pytest
#   make lint     the same without pytest
#   make bench    the benchmarks (NAME=… for one)
#   make screenshots  renew the gallery from the running demo (NAME="…" for some pictures)
#   make package  freeze client and gateway, start them, pack the .debs and the bill of materials into dist/, print sizes
#   make package-test  install, upgrade, remove and purge the .debs in a Debian of their own (root)
#   make reproduce  build twice and say what differs
#   make lock     renew the lock files      make fonts    rebuild the bundled fonts, look-alikes
#   make wheels   ask the registry again which wheels the locked packages have
#   make notices  rewrite THIRD_PARTY_NOTICES.md             make clean    remove .venv, .demo and caches

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
# Tests start hundreds of programs: each module is compiled once, not once a program.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
DATA ?= .demo
NAME ?=
PYTEST_ARGS ?= -n 2 --dist loadfile

# A new lock, pyproject or package list means a new stamp, and so a new set-up; nothing else does.
STAMP := $(VENV)/.ready-$(shell cat requirements.lock pyproject.toml apt-packages.txt | sha256sum | cut -c 1-16)

.PHONY: help setup run test lint bench screenshots package package-test reproduce lock wheels fonts notices clean

help:
	@sed -n '3,14s/^# *//p' Makefile

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml apt-packages.txt
	@wanted=""
	python="$$(command -v python3.11 || command -v python3 || true)"
	if [ -z "$$python" ]; then wanted="python3 python3-venv"
	elif ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then wanted="python3-venv"; fi
	scripts/debian_packages.sh apt-packages.txt $$wanted
	python="$$(command -v python3.11 || command -v python3)"
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; $$python is older." >&2; exit 1; }
	[ -x $(BIN)/python ] || "$$python" -m venv $(VENV)
	echo "Installing the locked Python packages into $(VENV)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	rm -f $(VENV)/.ready-*
	touch $@

run: setup
	@if [ "$$(uname)" = Linux ] && [ -z "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then
	  echo "没有可用的显示器：改为不开窗口，把整个流程走一遍。(No display: running the demo headless.)"
	  exec $(BIN)/clerk-app demo --headless --data $(DATA)
	fi
	exec $(BIN)/clerk-app demo --data $(DATA)

lint: setup
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

# pytest comes last, so that its summary is the last thing printed.
test: lint
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: setup
	@$(BIN)/clerk-app bench $(NAME)

screenshots: setup
	@$(BIN)/python -m tests.ui.gallery docs/screenshots $(NAME)

package: setup
	@scripts/debian_packages.sh installer/apt-packages.txt
	$(BIN)/python -m installer.build

package-test: setup
	@scripts/debian_packages.sh installer/apt-packages.txt
	$(BIN)/python -m installer.package_test

reproduce: setup
	@scripts/debian_packages.sh installer/apt-packages.txt
	$(BIN)/python -m installer.reproduce

lock:
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"
	common="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet"
	$(BIN)/uv pip compile pyproject.toml --extra dev $$common --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml $$common -c requirements.lock --no-annotate -o requirements-runtime.lock
	$(BIN)/python -m installer.wheels --ask

wheels: setup
	@$(BIN)/python -m installer.wheels --ask

fonts: setup
	@$(BIN)/python -m printing.fonts.build_fonts
	@$(BIN)/python -m scripts.look_alikes

notices: setup
	@$(BIN)/python scripts/third_party_notices.py > THIRD_PARTY_NOTICES.md.new
	mv THIRD_PARTY_NOTICES.md.new THIRD_PARTY_NOTICES.md

clean:
	@rm -rf $(VENV) .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
