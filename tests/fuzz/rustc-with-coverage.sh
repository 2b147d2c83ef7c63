#!/bin/sh
# For RUSTC_WORKSPACE_WRAPPER: compiles this workspace's crates, and only those, with counters for libFuzzer.
exec "$@" -Ccodegen-units=1 -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
