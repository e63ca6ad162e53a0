# Visavis. Two commands: `make serve` and `make test`. The rest are their parts.
# PORT, HOST, LAN, DOMAIN and VISAVIS_DATA are honoured, and so is every VISAVIS_... variable (docs/hosting.md).

PYTHON ?= python3
ifdef PORT
export VISAVIS_PORT = $(PORT)
endif
# Only as words of the command: they are names that an environment may have for something else.
ifeq ($(origin LAN),command line)
export VISAVIS_LAN = $(LAN)
endif
ifeq ($(origin DOMAIN),command line)
export VISAVIS_DOMAIN = $(DOMAIN)
endif
ifdef HOST
export VISAVIS_HOST = $(HOST)
endif
# The versions in the lock hold for build tools too.
export PIP_CONSTRAINT = $(CURDIR)/requirements.lock
export PIP_BUILD_CONSTRAINT = $(CURDIR)/requirements.lock
export PIP_DISABLE_PIP_VERSION_CHECK = 1

BIN := .venv/bin
CLIENT := src/visavis/web/dist/index.html
CLIENT_SOURCES := $(shell find web/src web/public web/catalogue -type f -not -path '*/gen/*' 2>/dev/null) web/index.html web/vite.config.ts web/packaging.ts web/tsconfig.json
WHEEL := .build/wheel-venv/.done
SERVER_SOURCES := $(shell find src/visavis -name '*.py' -not -path '*/dist/*')

# What a failed build has left is not taken for built.
.DELETE_ON_ERROR:

.PHONY: serve test check check-aside check-server check-client web unit integration e2e network soak wheel protocol lock format
.PHONY: bench-signaling bench-join bench-weak bench-page gallery picture clean

serve: .venv/.serve $(CLIENT)
	@exec $(BIN)/visavis serve

# Servers and clients mostly wait for each other: the checks take what they leave of the processors, and nothing else.
# Sessions share the processors as groups (sched(7)): so the checks need one of their own, that gives way; without such
# groups their policy is enough. What browsers do has limits of time, and nothing is beside it.
test: unit web
	@$(MAKE) --no-print-directory -j 2 --output-sync=target integration check-aside
	@$(MAKE) --no-print-directory e2e
	@$(MAKE) --no-print-directory network

check-aside: GROUP := /proc/self/autogroup
check-aside:
	@setsid --wait sh -c 'test ! -e $(GROUP) || echo 19 >$(GROUP); exec chrt --idle 0 $(MAKE) --no-print-directory check'

# --- set-up: each part is made again only when what it is made of has changed ---------------------

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python cannot make a virtual environment: apt install python3-venv" >&2; exit 1; }

.venv/.serve: pyproject.toml requirements.lock | .venv/bin/python
	@echo "Installing the server's packages ..."
	@$(BIN)/python -m pip install -q -e .
	@touch $@

.venv/.dev: pyproject.toml requirements.lock | .venv/bin/python
	@echo "Installing the packages for development ..."
	@$(BIN)/python -m pip install -q -e '.[dev]'
	@touch .venv/.serve $@

web/node_modules/.done: web/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20.19 or later with npm is needed: https://nodejs.org" >&2; exit 1; }
	@echo "Installing the client's packages ..."
	@cd web && npm ci --silent --no-audit --no-fund
	@touch $@

# The oldest npm client that the signaling is tried with.
OLD_CLIENT := tests/clients/node_modules/.done

$(OLD_CLIENT): tests/clients/package-lock.json
	@cd tests/clients && npm ci --silent --no-audit --no-fund
	@touch $@

BENCH_NODE := bench/reference/node_modules/.done

$(BENCH_NODE): bench/reference/package-lock.json
	@cd bench/reference && npm ci --silent --no-audit --no-fund
	@touch $@

$(CLIENT): web/node_modules/.done $(CLIENT_SOURCES)
	@echo "Building the client ..."
	@cd web && npm run --silent build -- --logLevel warn
	@touch $@

web: $(CLIENT)

# The wheel in a virtual environment of its own: what the browser tests run against.
$(WHEEL): .venv/.dev $(CLIENT) $(SERVER_SOURCES) pyproject.toml
	@echo "Building and installing the wheel ..."
	@rm -rf .build/wheel .build/wheel-venv
	@$(BIN)/python -m pip wheel -q --no-deps -w .build/wheel .
	@$(BIN)/python -m venv .build/wheel-venv
	@.build/wheel-venv/bin/python -m pip install -q .build/wheel/visavis-*.whl
	@touch $@

wheel: $(WHEEL)

# --- checks and tests -----------------------------------------------------------------------------

check: .venv/.dev web/node_modules/.done
	@$(MAKE) --no-print-directory -j 2 --output-sync=target check-server check-client

check-server: .venv/.dev
	$(BIN)/ruff check src tests scripts bench
	$(BIN)/ruff format --check src tests scripts bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/generate_protocol.py --check

check-client: web/node_modules/.done
	cd web && npm run --silent check

unit: .venv/.dev web/node_modules/.done
	@scripts/get_packages.sh pg_ctlcluster:postgresql
	cd web && npm run --silent test
	$(BIN)/pytest -n 2 --dist loadscope tests/unit tests/contract

integration: .venv/.dev $(CLIENT) $(OLD_CLIENT)
	@scripts/get_packages.sh pg_ctlcluster:postgresql nginx caddy pebble turnserver:coturn
	$(BIN)/pytest -n 3 --dist worksteal tests/integration

# Browsers share the machine with whatever else runs on it: what fails has a second try, and both are told.
AGAIN := --reruns 1 --rerun-show-tracebacks

e2e: $(WHEEL) web/node_modules/.done
	@scripts/get_packages.sh chromium firefox-esr Xvfb:xvfb
	VISAVIS_TEST_COMMAND="$(CURDIR)/.build/wheel-venv/bin/visavis" $(BIN)/pytest $(AGAIN) -m "not alone" -n 2 --dist loadfile tests/e2e
	VISAVIS_TEST_COMMAND="$(CURDIR)/.build/wheel-venv/bin/visavis" $(BIN)/pytest $(AGAIN) -m alone tests/e2e

# Calls across networks, in namespaces of this machine (tests/support/lab): as root.
network: $(WHEEL)
	@scripts/get_packages.sh chromium turnserver:coturn "gcc:gcc libc6-dev" ip:iproute2 nft:nftables \
	  tcpdump ping:iputils-ping sysctl:procps certutil:libnss3-tools
	VISAVIS_TEST_COMMAND="$(CURDIR)/.build/wheel-venv/bin/visavis" $(BIN)/pytest $(AGAIN) tests/network

# What takes too long for each run: every fault in every kind of call, sleeps of a minute, 500 trials of glare, and
# half an hour of random faults (VISAVIS_TEST_MINUTES; VISAVIS_TEST_SEED has them again).
soak: $(WHEEL)
	VISAVIS_TEST_SOAK=1 VISAVIS_TEST_COMMAND="$(CURDIR)/.build/wheel-venv/bin/visavis" \
	  $(BIN)/pytest -s tests/network/test_recovery.py tests/network/test_leaving.py tests/network/soak tests/e2e/test_glare.py

# --- for developers -------------------------------------------------------------------------------

protocol: .venv/.dev
	$(BIN)/python scripts/generate_protocol.py

format: .venv/.dev web/node_modules/.done
	$(BIN)/ruff check --fix src tests scripts bench
	$(BIN)/ruff format src tests scripts bench
	cd web && npx prettier --write --log-level warn .

lock: .venv/.dev
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --no-header --no-annotate -q -o requirements.lock

# From the press on Join to the first picture, in namespaces of this machine: as root. About ten minutes.
bench-join: .venv/.dev $(CLIENT)
	@scripts/get_packages.sh chromium turnserver:coturn nft:nftables ip:iproute2 gcc tcpdump
	$(BIN)/python -m bench.join

# What a call does on lines that carry too little, in namespaces of this machine: as root. About twelve minutes.
bench-weak: .venv/.dev $(CLIENT)
	@scripts/get_packages.sh chromium turnserver:coturn nft:nftables ip:iproute2 gcc
	$(BIN)/python -m bench.weak

# What the page costs in a call: drawing, long tasks, memory. About five minutes, on an idle machine.
bench-page: .venv/.dev $(CLIENT)
	@scripts/get_packages.sh chromium
	$(BIN)/python -m bench.page

# CPU and memory of the signaling beside Node's socket.io: about six minutes, on an idle machine.
bench-signaling: .venv/.dev $(BENCH_NODE)
	$(BIN)/python -m bench.signaling

gallery: .venv/.dev web/node_modules/.done
	@scripts/get_packages.sh chromium
	$(BIN)/python scripts/gallery.py

picture: .venv/.dev $(CLIENT)
	@scripts/get_packages.sh chromium
	$(BIN)/python scripts/picture.py

clean:
	rm -rf .venv .build web/node_modules tests/clients/node_modules bench/reference/node_modules src/visavis/web/dist
