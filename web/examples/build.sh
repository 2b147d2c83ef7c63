#!/usr/bin/env bash
# Makes web/public/examples: index.json, and the components of the examples beside it, gzipped.
# Needs cargo with the targets wasm32-wasip2 and wasm32-unknown-unknown, and node with web/node_modules
# in place. What is there and newer than what it is made of is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
made=$target/examples
out=$root/web/public/examples
mkdir -p "$made" "$out"

# True if $1 is there and nothing in what follows is newer.
fresh() {
    local file=$1
    shift
    [ -e "$file" ] && [ -z "$(find "$@" -name node_modules -prune -o -type f -newer "$file" -print -quit)" ]
}

# Makes $2 from the core module $1, which imports what its world says and nothing else.
component() {
    fresh "$2" "$1" || (cd "$root/web" && node_modules/.bin/jco new "$1" -o "$2")
}

# Puts $1 among the examples as $2.gz. Without the name and the time, the same bytes give the same file.
pack() {
    fresh "$out/$2.gz" "$1" && return
    gzip -9 -n -c "$1" > "$out/$2.gz.new"
    mv "$out/$2.gz.new" "$out/$2.gz"
}

build() { cargo build --quiet --release --locked "$@"; }

build --target wasm32-wasip2 --manifest-path "$root/tests/demo/Cargo.toml" --target-dir "$target/demo/build"
for name in app greeter; do
    pack "$target/demo/build/wasm32-wasip2/release/$name.wasm" "$name.wasm"
done

(cd "$root/tests/guests" && build --target wasm32-unknown-unknown --target-dir "$target/guests" \
    --example base_leaf --example reexport_store_own_intermediate)
cores=$target/guests/wasm32-unknown-unknown/release/examples
component "$cores/base_leaf.wasm" "$made/shapes.wasm"
component "$cores/reexport_store_own_intermediate.wasm" "$made/store.wasm"

guests=$here/guests/Cargo.toml
build --target wasm32-unknown-unknown --manifest-path "$guests" --target-dir "$made/build" \
    --package formal --package gallery --package kitchen --package values --package waiter
for name in formal gallery kitchen values waiter; do
    component "$made/build/wasm32-unknown-unknown/release/$name.wasm" "$made/$name.wasm"
done
build --target wasm32-wasip2 --manifest-path "$guests" --target-dir "$made/build" --package reception --package census
for name in reception census; do pack "$made/build/wasm32-wasip2/release/$name.wasm" "$name.wasm"; done

# JavaScript, with the componentize-js that the tests have.
js=$root/tests/toolchains/js
if ! fresh "$made/greeter-js.wasm" "$here/js" "$root/tests/demo/wit" "$js/package-lock.json"; then
    [ -e "$js/node_modules/@bytecodealliance/componentize-js" ] || (cd "$js" && npm ci --no-audit --no-fund)
    (cd "$js" && node --input-type=module - "$here/js/greeter.js" "$root/tests/demo/wit" \
        "$made/greeter-js.wasm" < "$here/js/build.mjs")
fi

for name in shapes store formal gallery kitchen values waiter greeter-js; do pack "$made/$name.wasm" "$name.wasm"; done
pack "$root/web/package/test/fixtures/shout.wat" shout.wat
node "$here/index.mjs" "$here/index.json" "$out"
