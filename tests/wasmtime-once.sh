#!/usr/bin/env bash
# Fails where cargo would compile wasmtime more than once: for the command, for its build script, and for
# the rest of the workspace. It does so as soon as any crate below wasmtime has other features in one of
# them. host-cli/Cargo.toml gives them the same.
set -euo pipefail

# Packages with their features, as cargo builds them for what is selected.
built() {
    cargo tree --locked --edges normal,build --prefix none --format '{p} [{f}]' "$@" |
        sed 's/ (\*)$//' | grep -v '^meld' | sort -u
}

command=$(built --package meld)
twice=$(cut -d '[' -f 1 <<<"$command" | uniq -d)
others=$(comm -23 <(echo "$command") <(built --workspace))
if [ -n "$twice$others" ]; then
    printf 'with different features in the command and in its build script:\n%s\n' "$twice"
    printf 'with different features in the command and in the workspace:\n%s\n' "$others"
    exit 1
fi
