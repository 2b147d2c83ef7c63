# What a developer does here. On a machine without just, `npx -y rust-just RECIPE` does the same.

set shell := ["bash", "-euo", "pipefail", "-c"]

# The build script of `meld` takes the component from here instead of building a second one.
export MELD_WASM := justfile_directory() / "target/meld.wasm"

# List the recipes.
default:
    @"{{ just_executable() }}" --list --unsorted --justfile {{ quote(justfile()) }}

# Build target/meld.wasm and target/release/meld.
build: component
    cargo build --release --locked --workspace --bins

# Build target/meld.wasm, the fuser as a component.
component: targets
    cargo rustc --locked --package meld-fuser --lib --crate-type cdylib --profile guest --target wasm32-wasip2
    @cmp -s target/wasm32-wasip2/guest/meld_fuser.wasm "$MELD_WASM" || \
        install -m 644 target/wasm32-wasip2/guest/meld_fuser.wasm "$MELD_WASM"

# Fuse two components that are built from source, and run the result.
demo: build
    tests/demo/run.sh

# Run all tests: Rust, then Node.js.
test: build node
    #!/usr/bin/env bash
    set -uo pipefail
    failed=0
    cargo test --release --locked --workspace --no-fail-fast || failed=1
    npm test --prefix tests/node || failed=1
    exit $failed

# Format the sources.
fmt:
    cargo fmt

# Look for mistakes and for unformatted sources.
lint: component
    cargo fmt --check
    cargo clippy --release --locked --workspace --all-targets -- --deny warnings

# Install `meld` for this user.
install: targets
    env --unset MELD_WASM cargo install --locked --path host-cli

# The browser version: not there yet.
web:
    @echo "There is no browser version yet."

# Run .wast scripts with every component in them fused, and count what holds.
replay +FILES: build
    target/release/meld-replay {{ FILES }}

# Fuzz guided by coverage: `bad-input` or `generated`, then what libFuzzer takes, `-runs=-1` for no end.
fuzz TARGET="bad-input" *ARGS="-runs=100000":
    #!/usr/bin/env bash
    set -euo pipefail
    work={{ justfile_directory() }}/target/fuzz/{{ TARGET }}
    mkdir -p "$work/corpus" "$work/seeds"
    cargo build --release --locked --workspace --bin fuzz-seeds
    target/release/fuzz-seeds {{ TARGET }} "$work/seeds"
    # The wrapper counts among what cargo keeps apart: nothing else is built anew, now or afterwards.
    RUSTC_WORKSPACE_WRAPPER={{ justfile_directory() }}/tests/fuzz/rustc-with-coverage.sh \
        cargo build --release --locked --workspace --features meld-fuzz/libfuzzer --bin fuzz-{{ TARGET }}
    target/release/fuzz-{{ TARGET }} "$work/corpus" "$work/seeds" -artifact_prefix="$work/" \
        -timeout=120 -rss_limit_mb=6144 -print_final_stats=1 {{ ARGS }}
    echo "fuzz {{ TARGET }}: done, and nothing found"

# Remove everything that was built.
clean:
    cargo clean
    rm -rf tests/node/node_modules tests/node/transpiled

# Install the Rust targets: components are built for the first, the tests' guests for the second.
[private]
targets:
    @for target in wasm32-wasip2 wasm32-unknown-unknown; do \
        rustup target list --installed | grep -qx "$target" || rustup target add "$target"; \
    done

# Install what the Node.js check needs. Not `npm ci`: it refuses the lock file where a registry lacks
# an optional package that is for another platform.
[private]
node:
    @cmp -s tests/node/package-lock.json tests/node/node_modules/.lock || \
        (npm install --no-save --prefix tests/node --no-audit --no-fund && \
            cp tests/node/package-lock.json tests/node/node_modules/.lock)
