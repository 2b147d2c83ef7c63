"""Fuses components with meld.wasm in wasmtime. In: files. Out: a file, or the error on stderr.

    python fuse.py meld.wasm INPUT... OUTPUT
"""

import sys
from pathlib import Path
from types import SimpleNamespace as Record

from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker, Variant

meld, *paths, output = sys.argv[1:]
inputs = [Record(name=path, bytes=Path(path).read_bytes(), package=None) for path in paths]
# `in-order`, `debug-info` and `opaque-rep` are no names that Python could write as `in-order=False`.
composing = Record(wac=None, stub=[], **{"in-order": False})
options = Record(
    output="component", wasi="as-imported", names=False, provenance=False, composing=composing, memory="multi",
    reserve=[], skip=set(), explain=False, **{"debug-info": False, "opaque-rep": []},
)

engine = Engine()
store = Store(engine)
store.set_wasi(WasiConfig())  # no files, no streams, no environment: the interface needs none
linker = Linker(engine)
linker.add_wasip2()
instance = linker.instantiate(store, Component.from_file(engine, meld))
fusion = instance.get_export_index(store, "meld:fuser/fusion@0.1.0")
fuse = instance.get_func(store, instance.get_export_index(store, "fuse", fusion))

result = fuse(store, inputs, options)
if isinstance(result, Variant):  # a case of `error`; without one it is the record `fused`
    error = result.payload
    where = f"{error.input}: " if error.input else ""
    hint = f" ({error.hint})" if error.hint else ""
    sys.exit(f"Error: {where}{error.message}{hint}")
Path(output).write_bytes(result.bytes)
