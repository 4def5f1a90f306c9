# Each target does all its own set-up and may be run again and again. `make` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test build image bench lint engine base-images clean
MAKEFLAGS += --no-print-directory
TIMED = @scripts/timed.sh $@

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ready image ## a real ML repository from a commit through dev, staging and prod and back, by triggers and builds, all on this machine
	$(TIMED) scripts/demo.sh

test: ready image ## all tests; ends with `N passed, N failed`
	@scripts/test.sh

build: ## the command, at out/mlops
	$(TIMED) scripts/build.sh

image: ready ## the builder image for Cloud Build: mlops-builder
	$(TIMED) scripts/image.sh

bench: ready ## the benchmarks of docs/performance.md
	$(TIMED) scripts/bench.sh

lint: ## formatting, shell scripts, names that must not be committed
	$(TIMED) scripts/lint.sh

engine: ## a Docker engine that answers: installed and started where that can be done
	$(TIMED) scripts/engine.sh

base-images: engine ## the images that Dockerfiles start from: pulled, else stand-ins
	$(TIMED) scripts/base-images.sh

clean: ## removes what the targets made; caches and base images stay
	$(TIMED) scripts/clean.sh

# The command is published while the engine and its images are made ready.
.PHONY: ready
ready:
	@$(MAKE) -j 2 build base-images
