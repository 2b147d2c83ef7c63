#!/bin/sh
# Builds text.wasm (JavaScript), figures.wasm (Python) and app.wasm (Rust) into target/toolchains.
# Needs: cargo with the target wasm32-wasip2, node, npm, python3. What is there already and newer
# than its sources is kept.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}
out=$target/toolchains
mkdir -p "$out"
target=$(cd "$target" && pwd)
out=$target/toolchains

# True if $1 is there and nothing in the directories that follow is newer.
fresh() {
    file=$1
    shift
    [ -e "$file" ] && [ -z "$(find "$@" -name node_modules -prune -o -type f -newer "$file" -print)" ]
}

if ! fresh "$out/text.wasm" "$here/js" "$here/wit"; then
    (cd "$here/js" && npm ci --no-audit --no-fund)
    node "$here/js/build.mjs" "$out/text.wasm"
fi

if ! fresh "$out/figures.wasm" "$here/py" "$here/wit"; then
    [ -e "$target/venv/bin/pip" ] || python3 -m venv "$target/venv"
    "$target/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/py/requirements.txt"
    (cd "$here/py" && PYTHONDONTWRITEBYTECODE=1 "$target/venv/bin/componentize-py" \
        -d ../wit -w figures-py componentize app -o "$out/figures.wasm")
fi

cargo build --quiet --release --locked --target wasm32-wasip2 \
    --manifest-path "$here/app/Cargo.toml" --target-dir "$target/guests"
cp "$target/guests/wasm32-wasip2/release/app.wasm" "$out/app.wasm"
