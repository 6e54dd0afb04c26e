# Short names for what is done often. The work itself is in crates/xtask.
export PATH := $(HOME)/.cargo/bin:$(PATH)

.PHONY: help run test test-full lab lab-down build tidy gen bench quick linker

help:
	@echo 'make run ARGS=...   build everything and serve the editor on port 8080'
	@echo 'make test           run every test there is'
	@echo 'make test-full      the same, and what needs Keystone'
	@echo 'make lab            a whole cluster on this machine, with a console, to try things out'
	@echo 'make lab-down       end it; nothing stays'
	@echo 'make build          build the release program'
	@echo 'make quick          formatting and tidy: the check before a commit'
	@echo 'make tidy           check what compilers and linters do not'
	@echo 'make gen            write the generated files'
	@echo 'make bench          run the benchmarks'

run: linker
	cargo xtask run -- $(ARGS)

test: linker
	cargo xtask test

test-full: linker
	cargo xtask test --full

lab: linker
	cargo xtask lab up

lab-down: linker
	cargo xtask lab down

build: linker
	cargo xtask build

quick: linker
	cargo fmt --all --check
	cargo xtask tidy

tidy: linker
	cargo xtask tidy

gen: linker
	cargo xtask gen

bench: linker
	cargo bench --workspace --locked

linker:
	@command -v cc >/dev/null || .ci/linker
