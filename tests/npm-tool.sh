#!/usr/bin/env bash
# Gets what FOLDER/package.json asks for from npm into target/tools/NAME. What is there is kept.
# Usage: npm-tool.sh FOLDER NAME
set -euo pipefail
folder=$1
tools=$(cd "$(dirname "$0")/.." && pwd)/target/tools/$2
mkdir -p "$tools"
cmp -s "$folder/package-lock.json" "$tools/.lock" || {
    cp "$folder/package.json" "$folder/package-lock.json" "$tools"
    npm install --no-save --prefix "$tools" --no-audit --no-fund --silent
    cp "$folder/package-lock.json" "$tools/.lock"
}
