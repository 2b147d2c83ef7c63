"""Runs the command that meld.wasm is too, in wasmtime. In: its arguments. Out: what it writes.

    python command.py meld.wasm fuse INPUT... -o OUTPUT
"""

import sys

from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker

path, *arguments = sys.argv[1:]

wasi = WasiConfig()
wasi.argv = ["meld", *arguments]
wasi.preopen_dir(".", ".")  # the files that it can read and write
wasi.inherit_stdin()
wasi.inherit_stdout()
wasi.inherit_stderr()

engine = Engine()
store = Store(engine)
store.set_wasi(wasi)
linker = Linker(engine)
linker.add_wasip2()
instance = linker.instantiate(store, Component.from_file(engine, path))
command = instance.get_export_index(store, "wasi:cli/run@0.2.0")
run = instance.get_func(store, instance.get_export_index(store, "run", command))
sys.exit(0 if run(store).tag == "ok" else 1)
