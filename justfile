# What a developer does here. On a machine without just, `npx -y rust-just RECIPE` does the same.

set shell := ["bash", "-euo", "pipefail", "-c"]

# The build script of `meld` takes the component from here instead of building a second one.
export MELD_WASM := justfile_directory() / "target/meld.wasm"

# List the recipes.
default:
    @"{{ just_executable() }}" --list --unsorted --justfile {{ quote(justfile()) }}

# Build target/meld.wasm, and in target/release `meld` and the programs that run a component.
build: component
    cargo build --release --locked --package meld --package meld-run-component --package meld-host-rust

# Build target/meld.wasm, the fuser as a component.
component: targets
    cargo rustc --locked --package meld-fuser --lib --crate-type cdylib --profile guest --target wasm32-wasip2
    cargo run --quiet --release --locked --package meld-stamp -- target/wasm32-wasip2/guest/meld_fuser.wasm "$MELD_WASM"

# Fuse two components that are built from source, and run the result.
demo: component
    cargo build --release --locked --package meld --package meld-run-component
    tests/demo/run.sh

# Run all tests: Rust, the npm package in Node.js and Chromium, the page in Chromium, other hosts, a service,
# engines.
test: prepare page hosts
    #!/usr/bin/env bash
    set -uo pipefail
    failed=0
    cargo test --release --locked --workspace --no-fail-fast || failed=1
    npm run --silent --prefix web unit || failed=1
    npm test --silent --prefix web/package || failed=1
    npm run --silent --prefix web test:page || failed=1
    node --test docs/examples/hosts/hosts.test.mjs || failed=1
    node --test docs/examples/async/async.test.mjs || failed=1
    node --test tests/serve/serve.test.mjs || failed=1
    node --test tests/wasi3/wasi3.test.mjs || failed=1
    node --test tests/engines/engines.test.mjs || failed=1
    exit $failed

# Format the sources.
fmt:
    cargo fmt

# Look for mistakes and for unformatted sources.
lint: page
    cargo fmt --check
    cargo fmt --check --all --manifest-path web/examples/guests/Cargo.toml
    cargo fmt --check --all --manifest-path tests/bench/guests/Cargo.toml
    cargo fmt --check --all --manifest-path tests/serve/Cargo.toml
    cargo fmt --check --all --manifest-path tests/wasi/Cargo.toml
    cargo fmt --check --all --manifest-path tests/wasi3/Cargo.toml
    cargo fmt --check --manifest-path tests/debug/Cargo.toml
    cargo fmt --check --manifest-path tests/engines/hosts/Cargo.toml
    cargo fmt --check --all --manifest-path guest/platform/Cargo.toml
    cargo fmt --check --all --manifest-path guest/scheduler/Cargo.toml
    npm run --silent --prefix web check
    tests/wasmtime-once.sh
    tests/workflows/lint.sh
    cargo clippy --release --locked --workspace --all-targets -- --deny warnings

# Install `meld` for this user.
install: targets
    env --unset MELD_WASM cargo install --locked --path host-cli

# Build the page and the npm package: web/dist and web/package/dist.
page: component npm examples
    web/disassembler/build.sh
    npm run --silent --prefix web package
    npm run --silent --prefix web build

# Build the page, and serve it to a browser on this machine until it is interrupted.
web PORT="4173": page
    npm run --silent --prefix web preview -- --host localhost --port {{ PORT }} --strictPort

# Measure calls, fusing and what comes after, and write docs/BENCHMARKS.md: half an hour. `bench calls --quick`
# is a first look at a part, and only prints.
bench *PARTS: component npm
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build --release --locked --workspace --bin meld --bin meld-bench --bin meld-native
    npm run --silent --prefix web package
    tests/bench/tools.sh
    target/release/meld-bench {{ PARTS }}

# What fusing takes of components that grow in one way each, n doubled until something answers, into the table of
# docs/LIMITS.md: a quarter of an hour. With words, those whose names have one of them, and only printed.
limits *WORDS: component
    cargo build --release --locked --workspace --bin limits
    target/release/limits {{ WORDS }}

# Run .wast scripts with every component in them fused, and count what holds.
replay +FILES:
    cargo build --release --locked --workspace --bin meld-replay
    target/release/meld-replay {{ FILES }}

# Run what the tests run once more, with Binaryen's `wasm-opt -O3` between fusing and running: guests, cases in
# text, scripts, and COUNT random compositions. Half an hour.
optimised COUNT="300": optimiser
    #!/usr/bin/env bash
    set -euo pipefail
    export MELD_TESTS_WASM_OPT={{ justfile_directory() }}/target/tools/optimiser/node_modules/.bin/wasm-opt
    cargo test --release --locked --package meld-tests --test guests --test wat_cases --no-fail-fast
    cargo build --release --locked --package meld-replay --package meld-tests --bins
    find tests/wast -name '*.wast' -print0 | sort -z | xargs -0 target/release/meld-replay
    target/release/generated --count {{ COUNT }}

# Look for what COUNT random programs of tasks do, fused, among all that the specification allows: DEFINITIONS is its
# `definitions.py` (WebAssembly/component-model, design/mvp/canonical-abi). Then tests/spec/tasks.txt has the digests.
tasks DEFINITIONS COUNT="5000":
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build --release --locked --workspace --bin tasks
    python3 -m venv target/tools/spec
    target/tools/spec/bin/pip install --quiet greenlet==3.5.6
    target/release/tasks 0 {{ COUNT }} > target/tasks.json
    target/tools/spec/bin/python tests/spec/tasks.py {{ DEFINITIONS }} --record tests/spec/tasks.txt < target/tasks.json

# What every fixture becomes, by SHA-256, and every FILE: a change that is to change nothing prints the same
# lines before and after.
digests *FILES:
    @cargo build --quiet --release --locked --workspace --bin fixtures --example digests
    @target/release/fixtures target/fixtures
    @target/release/examples/digests target/fixtures {{ FILES }}

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
    rm -rf web/node_modules web/dist web/package/dist web/package/generated web/package/LICENSE web/disassembler/pkg web/public/examples \
        docs/examples/hosts/node/node_modules docs/examples/hosts/node/meld

# What tests run, side by side: compiling meld ends with minutes of a single thread.
[private]
prepare: targets npm
    #!/usr/bin/env bash
    set -uo pipefail
    just() { "{{ just_executable() }}" --justfile {{ quote(justfile()) }} "$@"; }
    just around &
    around=$!
    just built
    built=$?
    wait $around && exit $built

# meld, and all programs of the workspace.
[private]
built: component
    cargo build --release --locked --workspace --bins

# What other programs have to be there, and what is made without meld.
[private]
around: chromium firefox clang optimiser examples serve engines
    web/disassembler/tools.sh

# The examples of the page.
[private]
examples: targets npm
    web/examples/build.sh

# Install the Rust targets: components are built for the first, the tests' guests for the second.
[private]
targets:
    @for target in wasm32-wasip2 wasm32-unknown-unknown; do \
        rustup target list --installed | grep -qx "$target" || rustup target add "$target"; \
    done

# Install what the page and the package are built and tested with. Not `npm ci`: it refuses the lock file
# where a registry lacks an optional package that is for another platform.
[private]
npm:
    @cmp -s web/package-lock.json web/node_modules/.lock || \
        (npm install --no-save --prefix web --no-audit --no-fund && \
            cp web/package-lock.json web/node_modules/.lock)

# Install what the programs in docs/examples/hosts need.
[private]
hosts: component npm
    #!/usr/bin/env bash
    set -euo pipefail
    hosts=docs/examples/hosts
    [ -e target/hosts/venv/bin/pip ] || python3 -m venv target/hosts/venv
    target/hosts/venv/bin/pip install --quiet --disable-pip-version-check -r $hosts/python/requirements.txt
    cmp -s $hosts/node/package-lock.json $hosts/node/node_modules/.lock || \
        (npm install --no-save --prefix $hosts/node --no-audit --no-fund && \
            cp $hosts/node/package-lock.json $hosts/node/node_modules/.lock)
    web/node_modules/.bin/jco transpile target/meld.wasm -o $hosts/node/meld --quiet

# Install `wasmtime serve` under target/tools, and build the service that it runs.
[private]
serve: targets
    tests/serve/tools.sh
    tests/wasi3/build.sh

# Install Binaryen's `wasm-opt` under target/tools.
[private]
optimiser:
    tests/npm-tool.sh tests/optimiser optimiser

# Install the engines that fused programs are run on, and build what starts them.
[private]
engines: targets
    tests/engines/tools.sh

# Install Debian's Clang, where there is none: a guest with debug information is in C.
[private]
clang: (debian '${CLANG:-clang}' 'clang')

# Install Debian's Chromium, where there is none.
[private]
chromium: (debian '${CHROMIUM:-/usr/bin/chromium}' 'chromium')

# Install Debian's Firefox, where there is none.
[private]
firefox: (debian '${FIREFOX:-/usr/bin/firefox-esr}' 'firefox-esr')

# Install a package of Debian's, where its program, as bash reads it, is missing.
[private]
debian PROGRAM PACKAGE:
    #!/usr/bin/env bash
    set -euo pipefail
    if command -v "{{ PROGRAM }}" >/dev/null; then exit 0; fi
    as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
    as_root apt-get update -qq
    as_root apt-get install -y -qq {{ PACKAGE }}
