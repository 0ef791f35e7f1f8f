# A menu: every line below is a command you can run by hand as well.
.DEFAULT_GOAL := help
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GREMLINS := github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0
GORELEASER := github.com/goreleaser/goreleaser/v2@v2.15.1
FUZZTIME ?= 10s
SOAK ?= 5m
COMPOSE ?= $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

# The packages whose lines decide who gets in.
DECIDE := ./hooks/... ./mockauthy/internal/authy/... ./mockauthy/internal/authyapi/... ./mockauthy/mockauthytest/...

.NOTPARALLEL:
.PHONY: help build cross test unit race cover mutants lint code markdown workflows tidy fuzz e2e boot bench soak demo image up down module package release-check release

help: ## show this menu
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## compile mockauthy and the hooks into bin/
	CGO_ENABLED=0 go build -trimpath -o bin/ ./mockauthy ./hooks/...

# What Go's users run. The first build of a platform compiles Go's library for it; later ones take seconds.
PLATFORMS := linux/amd64 linux/arm64 linux/arm linux/386 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64 freebsd/amd64

cross: ## compile every program for all platforms, and vet tests too where an int has 32 bits
	@for p in $(PLATFORMS); do \
	  echo "== $$p"; \
	  CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go build -trimpath -o /dev/null ./mockauthy ./hooks/... || exit 1; \
	done
	CGO_ENABLED=0 GOARCH=386 go vet -trimpath ./mockauthy/... ./hooks/...

# What takes a minute of its own is left out or made smaller by -short. SHORT= leaves nothing out.
SHORT ?= -short

# Tests and the servers that they start live for seconds: collecting less of their garbage costs memory, and saves time.
test unit e2e: export GOGC ?= 400

test: unit e2e ## all tests, then the scenarios with their table of targets; SHORT= runs what takes long as well

unit: # the scenarios are left to the next command, which shows them
	go test $(SHORT) -p 4 -parallel 4 -skip '^TestFeatures$$' ./... # most of them wait for browsers and servers
	@[ -z "$(SHORT)" ] || echo "$(SHORT) left out or made smaller what takes long: grep -r 'testing.Short()' shows it"

race: ## the packages that decide, under the race detector
	go test -race $(DECIDE)

cover: ## how much of the packages that decide is tested; fails below 95 percent
	go run .ci/cover.go

# Packages whose own tests are measured, below hooks/internal. Stores that need a server or a disk are left out.
MUTANTS := otp gate provider accounts hook memory

mutants: ## change what decides, place by place; fails where a package's own tests miss one change in twenty
	@for p in $(MUTANTS); do \
	  echo "== $$p"; \
	  GOFLAGS="-trimpath -short -parallel=16" go run $(GREMLINS) unleash --timeout-coefficient 10 --threshold-efficacy 95 \
	    --exclude-files '^(redis|bolt|storetest|providertest)/' ./hooks/internal/$$p || exit 1; \
	done

lint: code markdown workflows tidy ## Go and Markdown as .golangci.yml and .markdownlint-cli2.yaml have them, and workflows

code:
	go run $(GOLANGCI) run

markdown: # one linter of npm, whose files .ci/markdown pins by their hashes
	@if command -v npm >/dev/null; then \
	  npm --prefix .ci/markdown ci --ignore-scripts --no-audit --no-fund --loglevel=error && \
	  .ci/markdown/node_modules/.bin/markdownlint-cli2; \
	else echo "Markdown was not looked at: there is no npm"; fi

workflows: # action.yml as well, for a workflow uses it
	go run $(ACTIONLINT) .github/workflows/*.yml docs/snippets/github-actions.yml

tidy: # of every module here
	@git ls-files '*go.mod' | while read -r mod; do (cd "$$(dirname "$$mod")" && go mod tidy -diff) || exit 1; done

package: ## archives and packages for this machine's platform alone, in dist/
	@mkdir -p bin
	sed 's/goos: \[.*/goos: [linux]/; s/goarch: \[.*/goarch: ['"$$(go env GOARCH)"']/' .goreleaser.yaml >bin/package.yaml
	go run $(GORELEASER) release --config bin/package.yaml --snapshot --clean --skip=sbom

release-check: ## everything that a release consists of, in dist/, without publishing it
	go run $(GORELEASER) release --snapshot --clean

release: # what .github/workflows/release.yml runs for a tag
	go run $(GORELEASER) release --clean

fuzz: ## each fuzz target for FUZZTIME (10s)
	@go list ./... | while read -r pkg; do \
	  for f in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

e2e: ## the scenarios alone; E2E_TARGET=embedded|binary|next|container picks one target
	go test -count=1 -v ./e2e

boot: package ## the server of docs/production.md in a machine booted by systemd; needs root, systemd-container and debootstrap
	BOOT=1 go test -count=1 -v -run '^TestUnitOnABootedSystemd$$' ./deploy

bench: ## measure mockauthy and the hooks; the report goes to docs/performance.md
	go run ./mockauthy/bench --write docs/performance.md
	go run ./e2e/bench --write docs/performance.md

soak: ## mixed logins for 3 minutes and SOAK (5m) on the best SFTPGo at hand; our processes must stay flat
	go run ./e2e/soak -for $(SOAK)

demo: ## mockauthy, hookd and the best SFTPGo at hand, ready to log in to; Ctrl-C ends it
	go run ./e2e/demo

image: ## build the three container images
	$(COMPOSE) build

up: ## SFTPGo, hookd and mockauthy in containers, ready to log in to; Ctrl-C stops them
	$(COMPOSE) up --build

down: ## remove the containers of `make up` and what they stored
	$(COMPOSE) down -v

module: ## give the module the path under which it is published: make module MODULE=github.com/OWNER/NAME
	go run .ci/module.go $(MODULE)
