#!/bin/sh
# For RUSTC_WORKSPACE_WRAPPER: compiles this workspace's crates, and only those, with counters for libFuzzer. Not
# their build scripts, which run without libFuzzer.
case " $* " in
*" --crate-name build_script_build "*) exec "$@" ;;
esac
exec "$@" -Ccodegen-units=1 -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
