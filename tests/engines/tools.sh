#!/usr/bin/env bash
# Gets the engines that the tests here run programs on, from registries: wasm2c from Debian's wabt, wasm3 from
# PyPI, wasmi and WAMR from crates.io (WAMR is built from its sources, with cmake). wasmtime is in target/tools
# already (../serve/tools.sh), Chromium and its WASI come with the page's packages. What is there is kept.
set -euo pipefail
cd "$(dirname "$0")"
target=$(cd ../.. && pwd)/target/engines

missing=()
[ -e /usr/share/wabt/wasm2c/wasm-rt-impl.c ] || missing+=(wabt)
command -v cmake >/dev/null || missing+=(cmake)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
# What bindgen loads.
compgen -G '/usr/lib/llvm-*/lib/libclang.so*' >/dev/null || missing+=(libclang-dev)
if [ ${#missing[@]} -gt 0 ]; then
    as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
    as_root apt-get update -qq
    as_root apt-get install -y -qq "${missing[@]}"
fi
[ -e "$target/venv/bin/pip" ] || python3 -m venv "$target/venv"
"$target/venv/bin/pip" install --quiet --disable-pip-version-check -r wasm3/requirements.txt
cargo build --quiet --release --locked --manifest-path hosts/Cargo.toml --target-dir "$target"
