# image-tag-operator: everything a developer types. All of it sets up what it needs by itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CONFIGURATION ?= Release
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

BIN := artifacts/bin
FLAVOUR := $(shell echo $(CONFIGURATION) | tr A-Z a-z)
LINKS = ln -sfn ImageTagOperator/$(FLAVOUR)/image-tag-operator $(BIN)/image-tag-operator; \
	ln -sfn ImageTagOperator.Sandbox/$(FLAVOUR)/image-tag-sandbox $(BIN)/image-tag-sandbox
RESULTS := artifacts/test-results
# A test project is a program: this and what to run of it.
FAST = dotnet $(BIN)/ImageTagOperator.Tests/$(FLAVOUR)/ImageTagOperator.Tests.dll
# The suite on real servers and the guides run the published program, not what a developer builds. So do the fast tests, when it is newer than all
# sources: it starts a hundred times in them, and each start of the other costs a second of compiling.
PUBLISHED = ITO_OPERATOR=$(CURDIR)/artifacts/publish/image-tag-operator
NEWEST = $(if $(shell $(MAKE) -q artifacts/publish.stamp >/dev/null 2>&1 || echo old),,$(PUBLISHED))
INTEGRATION = dotnet $(BIN)/ImageTagOperator.IntegrationTests/$(FLAVOUR)/ImageTagOperator.IntegrationTests.dll
# What needs hack/modern.sh; the rest does not.
MODERN = --filter-namespace ImageTagOperator.IntegrationTests.Modern
NOT_MODERN = --filter-not-namespace ImageTagOperator.IntegrationTests.Modern
REPORT = --show-slowest-tests 10 --results-directory $(RESULTS) --report-xunit-trx --report-xunit-trx-filename

.PHONY: help build build-demo demo pictures dashboard-picture sandbox tour test test-fast test-integration test-modern test-one test-one-integration servers servers-down crds kustomize chart-readme chart-golden argocd golden guide publish publish-arm64 trimmed image sbom bench bench-quick soak mutation clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build all; leaves artifacts/bin/image-tag-operator
	dotnet build ImageTagOperator.sln -c $(CONFIGURATION) -v quiet
	@$(LINKS)

# What the demo needs, without the analyzers: they take longer than the compiler, and `make build` has them.
build-demo:
	@dotnet build src/ImageTagOperator -c $(CONFIGURATION) -v quiet -p:RunAnalyzers=false
	@dotnet build tests/ImageTagOperator.Sandbox -c $(CONFIGURATION) -v quiet -p:RunAnalyzers=false
	@$(LINKS)

demo: build-demo ## show the main job, on an embedded Kubernetes API and cloud
	@$(BIN)/image-tag-sandbox demo --operator $(BIN)/image-tag-operator

pictures: build-demo ## draw docs/pictures from a real run of the demo and of plan; needs python3
	@hack/pictures.sh

dashboard-picture: build-demo ## draw docs/pictures/dashboard.svg with a real Prometheus, in about 90 seconds; needs kubectl and python3
	@hack/prometheus.sh up >/dev/null
	@hack/dashboard-picture.sh

sandbox: build-demo ## serve the embedded Kubernetes API and cloud until Ctrl-C, to try things on
	@$(BIN)/image-tag-sandbox serve

tour: build-demo ## play on the sandbox, step by step: cause drift, move a tag, break the credentials; TOUR=auto runs by itself
	@hack/tour.sh

test: ## every suite, the ones on real servers included
	@rm -rf $(RESULTS)
	@$(MAKE) --no-print-directory publish
	@$(MAKE) --no-print-directory test-fast
	@$(MAKE) --no-print-directory test-integration

test-fast: build ## logic, and the whole operator on the embedded sandbox
	$(NEWEST) $(FAST) $(REPORT) fast.trx

test-integration: build image servers ## real kube-apiserver, Keystone, Glance, kubectl, helm, and pods on a real node
	eval "$$(hack/servers.sh env)" && ITO_REQUIRE_SERVERS=1 $(PUBLISHED) $(INTEGRATION) $(NOT_MODERN) $(REPORT) integration.trx

# Takes long the first time, so it is not part of `make test`.
test-modern: build publish servers ## the same on current servers: an API server for custom resources, Keystone and Glance
	hack/modern.sh up
	eval "$$(hack/servers.sh env; hack/modern.sh env)" && ITO_REQUIRE_SERVERS=1 $(PUBLISHED) $(INTEGRATION) $(MODERN) $(REPORT) modern.trx

# No analyzers here: for a loop of seconds.
test-one: ## the fast tests whose full name has NAME in it: make test-one NAME=LeaderElectionTests
	@[[ -n "$(NAME)" ]] || { echo "Say which: make $@ NAME=part of a test's full name" >&2; exit 2; }
	@dotnet build tests/ImageTagOperator.Tests -c $(CONFIGURATION) -v quiet -p:RunAnalyzers=false
	$(FAST) --filter-method '*$(NAME)*'

test-one-integration: ## the same of those on the real servers, which it starts if need be
	@[[ -n "$(NAME)" ]] || { echo "Say which: make $@ NAME=part of a test's full name" >&2; exit 2; }
	@dotnet build tests/ImageTagOperator.IntegrationTests -c $(CONFIGURATION) -v quiet -p:RunAnalyzers=false
	@hack/servers.sh up
	eval "$$(hack/servers.sh env)" && ITO_REQUIRE_SERVERS=1 $(INTEGRATION) --filter-method '*$(NAME)*'

servers: ## bring up the real servers for tests (the first time takes some minutes)
	hack/servers.sh up

servers-down: ## stop them
	hack/servers.sh down

crds: build ## write the definition anew from the C# types, into config/crds and the chart, and from the chart config/default
	$(BIN)/image-tag-operator crd > config/crds/imagetags.io_imagetagsets.yaml
	$(BIN)/image-tag-operator crd --no-cel > config/crds/no-cel/imagetags.io_imagetagsets.yaml
	cp -r config/crds/. charts/image-tag-operator/files/crds/
	$(MAKE) --no-print-directory kustomize

kustomize: ## write config/default anew from the chart
	eval "$$(hack/tools.sh up >/dev/null; hack/tools.sh env)" && \
	helm template image-tag-operator charts/image-tag-operator -n image-tag-system --no-hooks --set crds.keep=false,image.repository=image-tag-operator | \
	sed '/helm.sh\/chart:/d; s/managed-by: Helm/managed-by: kustomize/; /^# Source:/d' > config/default/operator.yaml

chart-readme: build ## write the values into the chart's README anew
	ITO_WRITE_CHART_README=1 $(INTEGRATION) --filter-class '*.ChartReadmeTests'

chart-golden: build ## write what the chart renders into tests/ImageTagOperator.IntegrationTests/Chart/Golden anew
	eval "$$(hack/tools.sh up >/dev/null; hack/tools.sh env)" && ITO_WRITE_CHART_GOLDEN=1 $(INTEGRATION) --filter-class '*.ChartGoldenTests'

argocd: build ## write config/argocd's snippets anew from the Lua scripts
	ITO_WRITE_ARGOCD=1 $(INTEGRATION) --filter-class '*.ArgoSnippetTests'

golden: build ## write anew what commands print in tests/ImageTagOperator.Tests/Commands/Golden, and the reference in docs/cli.md
	ITO_WRITE_GOLDEN=1 $(FAST) --filter-namespace ImageTagOperator.Tests.Commands

guide: build publish servers ## carry out the pages with commands (UserGuideTests) on the real servers, and write what is printed into them
	eval "$$(hack/servers.sh env)" && ITO_REQUIRE_SERVERS=1 ITO_WRITE_GUIDE=1 $(PUBLISHED) $(INTEGRATION) --filter-class '*.UserGuideTests'

# Native code takes minutes to make, so it is made when a source is newer than what is there.
SOURCES = $(shell find src -type f -not -path '*/bin/*' -not -path '*/obj/*') Directory.Build.props Directory.Packages.props global.json hack/native.sh

publish: artifacts/publish.stamp ## one native file for this architecture: artifacts/publish/image-tag-operator, its symbols beside it
artifacts/publish.stamp: $(SOURCES)
	hack/native.sh publish
	@touch $@

publish-arm64: ## the same for arm64, on another architecture, and tried there on an emulated processor
	hack/native.sh arm64

# The same program with .NET's runtime in it: only to measure the native file against.
trimmed: artifacts/trimmed.stamp
artifacts/trimmed.stamp: $(SOURCES)
	hack/native.sh trimmed
	@touch $@

image: publish ## the container image, from Debian's packages: artifacts/image/image-tag-operator.tar
	hack/image.sh build

sbom: ## what the program is made of, as CycloneDX: artifacts/sbom/image-tag-operator.cdx.json
	dotnet tool restore -v quiet
	dotnet tool run dotnet-CycloneDX src/ImageTagOperator/ImageTagOperator.csproj --base-intermediate-output-path artifacts/obj/ImageTagOperator \
		--set-name image-tag-operator --set-version "$$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)" \
		--output-format Json --output artifacts/sbom --filename image-tag-operator.cdx.json

bench: image trimmed ## measure all, or with ONLY=name one, with LARGE=1 more; writes artifacts/bench/results.json and docs/benchmarks.md
	dotnet run --project bench/ImageTagOperator.Benchmarks -c Release -v quiet -- $(ONLY)

bench-quick: artifacts/publish.stamp ## a part of it in about a minute; fails when a budget in bench/budgets.json is exceeded
	QUICK=1 dotnet run --project bench/ImageTagOperator.Benchmarks -c Release -v quiet -- Scale

soak: artifacts/publish.stamp ## 2,000 sets for 20 minutes (SOAK_MINUTES), with drift, edits and faults: memory, missed drift and unneeded writes
	dotnet run --project bench/ImageTagOperator.Benchmarks -c Release -v quiet -- Soak

mutation: ## change Planning here and there, and see which changes its tests notice; fails below the score in tests/Mutation/stryker-config.json
	dotnet tool restore -v quiet
	cd tests/Mutation && dotnet stryker

clean: ## remove everything that was built
	rm -rf artifacts
