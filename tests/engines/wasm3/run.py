"""Runs a module of WASI 0.1 in wasm3. In: `MODULE [ARGUMENT…]`. Out: the module's exit status, or 134 for a trap.

PyPI's pywasm3 is wasm3 without WASI: a program in Python brings the functions that its module imports. Here
are those of standard input and output, arguments, clocks and random bytes; files are not here.
"""

import os
import struct
import sys
import time

import wasm3

SUCCESS, BADF, FAULT, INVAL, NOTSUP = 0, 8, 21, 28, 58
STACK = 1 << 20


class Exit(Exception):
    pass


class Host:
    def __init__(self, runtime, arguments):
        self.runtime = runtime
        self.arguments = [bytes(argument, "utf-8") + b"\0" for argument in arguments]
        self.variables = [bytes(f"{name}={value}", "utf-8") + b"\0" for name, value in os.environ.items()]
        self.status = None

    @property
    def memory(self):
        # A new one each time: it moves when it grows.
        return self.runtime.get_memory(0)

    def put(self, form, at, *values):
        struct.pack_into("<" + form, self.memory, at, *values)
        return SUCCESS

    def pieces(self, at, count):
        return [struct.unpack_from("<II", self.memory, at + 8 * i) for i in range(count)]

    def sizes(self, strings, count, size):
        self.put("I", count, len(strings))
        return self.put("I", size, sum(map(len, strings)))

    def strings(self, strings, pointers, at):
        for i, string in enumerate(strings):
            self.put("I", pointers + 4 * i, at)
            self.memory[at : at + len(string)] = string
            at += len(string)
        return SUCCESS

    def args_sizes_get(self, count, size):
        return self.sizes(self.arguments, count, size)

    def args_get(self, pointers, at):
        return self.strings(self.arguments, pointers, at)

    def environ_sizes_get(self, count, size):
        return self.sizes(self.variables, count, size)

    def environ_get(self, pointers, at):
        return self.strings(self.variables, pointers, at)

    def proc_exit(self, status):
        self.status = status
        raise Exit

    def clock_time_get(self, clock, precision, to):
        if clock not in (0, 1):
            return INVAL
        return self.put("Q", to, time.time_ns() if clock == 0 else time.monotonic_ns())

    def clock_res_get(self, clock, to):
        return self.put("Q", to, 1) if clock in (0, 1) else INVAL

    def random_get(self, at, size):
        self.memory[at : at + size] = os.urandom(size)
        return SUCCESS

    def poll_oneoff(self, subscriptions, events, count, done):
        """Of timers alone."""
        timers = []
        for i in range(count):
            userdata, tag, clock, at, flags = struct.unpack_from("<QB7xI4xQ8xH", self.memory, subscriptions + 48 * i)
            if tag != 0:
                return NOTSUP
            now = time.time_ns() if clock == 0 else time.monotonic_ns()
            timers.append((max(at - now, 0) if flags & 1 else at, userdata))
        timers.sort()
        time.sleep(timers[0][0] / 1e9)
        self.put("QHB21x", events, timers[0][1], SUCCESS, 0)
        return self.put("I", done, 1)

    def fd_write(self, fd, pieces, count, done):
        if fd not in (1, 2):
            return BADF
        data = b"".join(bytes(self.memory[at : at + size]) for at, size in self.pieces(pieces, count))
        stream = (sys.stdout, sys.stderr)[fd - 1].buffer
        stream.write(data)
        stream.flush()
        return self.put("I", done, len(data))

    def fd_read(self, fd, pieces, count, done):
        if fd != 0:
            return BADF
        at, size = next(((at, size) for at, size in self.pieces(pieces, count) if size), (0, 0))
        data = os.read(0, size)
        self.memory[at : at + len(data)] = data
        return self.put("I", done, len(data))

    def fd_fdstat_get(self, fd, to):
        if fd > 2:
            return BADF
        # 2 is a character device. Without the rights to seek and to tell, it is a terminal.
        rights = 1 << 1 | 1 << 6 | (0 if os.isatty(fd) else 1 << 2 | 1 << 5)
        return self.put("BxH4xQQ", to, 2, 0, rights, 0)


# Of every function that may be imported, its type in wasm3's notation.
TYPES = {
    "args_get": "i(ii)",
    "args_sizes_get": "i(ii)",
    "clock_res_get": "i(ii)",
    "clock_time_get": "i(iIi)",
    "environ_get": "i(ii)",
    "environ_sizes_get": "i(ii)",
    "fd_advise": "i(iIIi)",
    "fd_close": "i(i)",
    "fd_datasync": "i(i)",
    "fd_fdstat_get": "i(ii)",
    "fd_filestat_get": "i(ii)",
    "fd_filestat_set_size": "i(iI)",
    "fd_filestat_set_times": "i(iIIi)",
    "fd_pread": "i(iiiIi)",
    "fd_prestat_dir_name": "i(iii)",
    "fd_prestat_get": "i(ii)",
    "fd_pwrite": "i(iiiIi)",
    "fd_read": "i(iiii)",
    "fd_readdir": "i(iiiIi)",
    "fd_sync": "i(i)",
    "fd_write": "i(iiii)",
    "path_create_directory": "i(iii)",
    "path_filestat_get": "i(iiiii)",
    "path_filestat_set_times": "i(iiiiIIi)",
    "path_link": "i(iiiiiii)",
    "path_open": "i(iiiiiIIii)",
    "path_readlink": "i(iiiiii)",
    "path_remove_directory": "i(iii)",
    "path_rename": "i(iiiiii)",
    "path_symlink": "i(iiiii)",
    "path_unlink_file": "i(iii)",
    "poll_oneoff": "i(iiii)",
    "proc_exit": "v(i)",
    "random_get": "i(ii)",
}


def main(arguments):
    environment = wasm3.Environment()
    runtime = environment.new_runtime(STACK)
    with open(arguments[0], "rb") as file:
        module = environment.parse_module(file.read())
    runtime.load(module)
    host = Host(runtime, arguments)
    for name, form in TYPES.items():
        function = getattr(host, name, lambda *_: BADF)
        try:
            module.link_function("wasi_snapshot_preview1", name, form, function)
        except RuntimeError as error:
            # Functions that the module does not import.
            if "lookup failed" not in str(error):
                raise
    try:
        runtime.find_function("_start")()
    except Exit:
        pass
    except RuntimeError as error:
        if host.status is None:
            print(error, file=sys.stderr)
            return 134
    return host.status or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
