#!/usr/bin/env bash
# Gets Binaryen's `wasm-opt` from npm into target/tools/optimiser. What is there is kept.
set -euo pipefail
cd "$(dirname "$0")"
tools=$(cd ../.. && pwd)/target/tools/optimiser
mkdir -p "$tools"
cmp -s package-lock.json "$tools/.lock" || {
    cp package.json package-lock.json "$tools"
    npm install --no-save --prefix "$tools" --no-audit --no-fund --silent
    cp package-lock.json "$tools/.lock"
}
