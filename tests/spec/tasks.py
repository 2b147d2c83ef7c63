"""Looks for what fused programs of tasks have done among all that the specification allows.

In: the specification's `definitions.py`, and the lines of `tasks` (tests/src/bin). Out: for each program the words
`allowed` or `not allowed`, and at the end how many of each. Not its job: running what is fused.

A program is run by the functions of `definitions.py`, with core functions in Python in the place of WebAssembly, and
wherever the specification leaves a choice, one after the other is tried, as long as the log is the beginning of what it
is to be. It needs `greenlet`, since Python's own threads cannot be given up.
"""

import argparse
import contextlib
import importlib.util
import json
import sys

import greenlet

BLOCKED = 0xFFFF_FFFF
SLOTS = 3


class Differs(BaseException):
    """What is told is not what is to be told next."""


class Unreachable(BaseException):
    """A core function has trapped by itself."""


class Choices:
    """What is chosen where the specification leaves a choice: once what comes first, then what comes next."""

    def __init__(self):
        self.taken = []
        self.counts = []
        self.at = 0

    def one_of(self, count):
        if count == 1:
            return 0
        if self.at == len(self.taken):
            self.taken.append(0)
            self.counts.append(count)
        assert self.counts[self.at] == count, "the same choices lead to another one"
        self.at += 1
        return self.taken[self.at - 1]

    def next(self):
        """Whether there is another way, which is then the one to go."""
        del self.taken[self.at :]
        del self.counts[self.at :]
        while self.taken and self.taken[-1] + 1 == self.counts[-1]:
            self.taken.pop()
            self.counts.pop()
        if not self.taken:
            return False
        self.taken[-1] += 1
        self.at = 0
        return True


class Choosing:
    """In the place of the module `random`."""

    def __init__(self):
        self.choices = None

    def randint(self, low, high):
        assert (low, high) == (0, 1)
        return self.choices.one_of(2)

    def choice(self, threads):
        threads.sort(key=lambda thread: thread.serial)
        return threads[self.choices.one_of(len(threads))]

    def shuffle(self, waitables):
        """All that matters is which of those with an event comes first."""
        ready = [n for n, waitable in enumerate(waitables) if waitable.has_pending_event()]
        first = ready[self.choices.one_of(len(ready))]
        waitables.insert(0, waitables.pop(first))


def load(path):
    """The specification, with stacks that can be left."""
    description = importlib.util.spec_from_file_location("definitions", path)
    spec = importlib.util.module_from_spec(description)
    sys.modules["definitions"] = spec
    description.loader.exec_module(spec)

    def cont_new(function):
        def base(cancelled):
            return (None, function(cancelled))

        return greenlet.greenlet(base)

    def resume(cont, block_result, thread):
        cont.parent, cont.thread = greenlet.getcurrent(), thread
        return cont.switch(block_result)

    def block(switch_to):
        this = greenlet.getcurrent()
        return this.parent.switch((this, switch_to))

    spec.cont_new, spec.resume, spec.block = cont_new, resume, block
    spec.current_thread = lambda: greenlet.getcurrent().thread
    begin = spec.Thread.__init__

    def numbered(thread, task, function):
        begin(thread, task, function)
        thread.waits_on_the_stack = False
        thread.serial = task.inst.store.threads
        task.inst.store.threads += 1

    go_on = spec.Thread.resume

    def resumed(thread, cancelled=spec.Cancelled.FALSE):
        go_on(thread, cancelled)
        if spec.one_stack:
            others_run(spec, thread)

    spec.Thread.__init__, spec.Thread.resume = numbered, resumed
    spec.one_stack = False
    spec.random = Choosing()
    return spec


def others_run(spec, thread):
    """What a module with one stack does besides: while a thread waits on it, others run above, before the one goes on
    that lies below. (docs/ASYNC.md, "What waits on the stack")"""
    store, waits_in = thread.task.inst.store, thread.task.inst
    while thread.waits_on_the_stack and thread.waiting():
        ready = [other for other in store.waiting if other.ready()]
        chosen = spec.random.choices.one_of(len(ready) + 1)
        if chosen == 0:
            return
        other = ready[chosen - 1]
        # What waits has left its instance, as it would if it were on a stack of its own; the other is in its.
        instances = [*other.task.inst.self_and_ancestors(), waits_in]
        before = [(inst, inst.may_enter) for inst in instances]
        waits_in.may_enter = True
        for inst in other.task.inst.self_and_ancestors():
            inst.may_enter = False
        other.resume()
        for inst, may_enter in before:
            inst.may_enter = may_enter


class Instance:
    """A component instance of a program: what `text.rs` says in WebAssembly, once more."""

    def __init__(self, run, number, functions):
        self.run, self.spec, self.number = run, run.spec, number
        self.inst = self.spec.ComponentInstance(run.store)
        self.memory = self.spec.MemInst(bytearray(0x40000), "i32")
        self.future = self.spec.FutureType(None)
        self.options = self.spec.CanonicalOptions(memory=self.memory)
        self.gates = {}
        self.last = 0
        self.put(16, 999)
        self.functions = [self.lift(n, function) for n, function in enumerate(functions)]

    def get(self, at):
        return int.from_bytes(self.memory.bytes[at : at + 4], "little")

    def put(self, at, value):
        self.memory.bytes[at : at + 4] = (value & 0xFFFF_FFFF).to_bytes(4, "little")

    def tell(self, t, tag, value):
        self.run.tell((self.number * 1000 + self.get(t + 16), tag, value))

    # What a function is to others.

    def lift(self, number, function):
        spec = self.spec
        kind, operations = function["kind"], function["operations"]
        options = spec.CanonicalOptions(memory=self.memory)
        if kind == "plain":
            ty = spec.FuncType([spec.U32Type()], [], async_=False)
            return spec.Store.lift(self.run.store, lambda flat: self.plain(operations, flat), ty, options, self.inst), ty
        ty = spec.FuncType([spec.TupleType([spec.U32Type()] * 5)], [spec.U32Type()], async_=True)

        def first(flat):
            return [self.go(kind, operations, self.begin(flat))]

        def again(event):
            [t] = spec.canon_context_get("i32", 0)
            self.event(t, *event)
            return [self.go(kind, operations, t)]

        if kind == "callback":
            options.async_, options.callback = True, again
        return self.run.store.lift(first, ty, options, self.inst), ty

    def call(self, instance, function, flat, async_=False):
        callee, ty = self.run.instances[instance].functions[function]
        options = self.spec.CanonicalOptions(memory=self.memory, async_=async_)
        return self.run.store.lower(callee, ty, options, self.inst)(flat)

    def begin(self, flat):
        a, b, c, d, e = flat
        self.last += 1
        if self.last > 900:
            raise Unreachable
        t = self.last * 256
        self.spec.canon_context_set("i32", 0, t)
        [wset] = self.spec.canon_waitable_set_new()
        self.put(t + 4, wset)
        self.put(t + 16, self.last)
        self.put(t + 20, (a * 31 + e) & 0xFFFFF)
        self.tell(t, 60, a)
        self.tell(t, 61, (b + c + d) & 0xFFFF_FFFF)
        self.tell(t, 62, wset)
        return t

    def plain(self, operations, flat):
        [n] = flat
        self.tell(0, 30, n)
        for operation in operations:
            self.at_once(0, *parts(operation))
        self.tell(0, 31, n)
        return []

    def go(self, kind, operations, t):
        """From the operation at which a task is to where it gives back the stack."""
        while self.get(t) < len(operations):
            name, operands = parts(operations[self.get(t)])
            wait = self.get(t + 4) << 4 | 2
            if name == "finish":
                if self.busy(t):
                    if kind == "callback":
                        return wait
                    self.waited(t)
                    continue
                self.put(t, self.get(t) + 1)
            elif name == "wait" and kind == "callback":
                self.put(t, self.get(t) + 1)
                if self.busy(t):
                    return wait
                self.tell(t, 92, 0)
            elif name == "yield" and kind == "callback":
                self.put(t, self.get(t) + 1)
                return 1
            else:
                if name == "wait":
                    name = "wait-on-the-stack"
                if name == "yield":
                    name, operands = "yield-on-the-stack", {"cancellable": False}
                if name != "return" or kind == "callback":
                    self.at_once(t, name, operands)
                self.put(t, self.get(t) + 1)
        self.spec.canon_waitable_set_drop(self.get(t + 4))
        self.tell(t, 50, 0)
        return self.get(t + 20) if kind == "sync" else 0

    def at_once(self, t, name, operands):
        spec = self.spec
        slot = operands.get("slot")
        if name == "call":
            if self.get(t + 32 + 4 * slot):
                self.tell(t, 90, slot)
                return
            for n in range(5):
                self.put(t + 96 + 32 * slot + 4 * n, self.get(t + 20) + slot + 7 * n)
            pointers = [t + 96 + 32 * slot, t + 80 + 4 * slot]
            [given] = self.call(operands["instance"], operands["function"], pointers, async_=True)
            self.tell(t, 1, given)
            if given == 2:
                self.tell(t, 2, self.get(t + 80 + 4 * slot))
                return
            self.put(t + 48 + 4 * slot, 0)
            self.put(t + 32 + 4 * slot, given >> 4)
            spec.canon_waitable_join(given >> 4, self.get(t + 4))
        elif name == "call-sync":
            flat = [self.get(t + 20) + 3 * n for n in range(5)]
            with self.on_the_stack():
                [given] = self.call(operands["instance"], operands["function"], flat)
            self.tell(t, 3, given)
        elif name == "call-plain":
            self.call(operands["instance"], operands["function"], [self.get(t + 20)])
            self.tell(t, 4, 0)
        elif name == "scribble":
            for at in range(t + 96 + 32 * slot, t + 116 + 32 * slot, 4):
                self.put(at, self.get(at) + 1000)
        elif name == "cancel":
            index = self.get(t + 32 + 4 * slot)
            if not index or self.get(t + 48 + 4 * slot):
                self.tell(t, 91, slot)
                return
            self.put(t + 48 + 4 * slot, 1)
            if not operands["async_"]:
                spec.canon_waitable_join(index, 0)
            with self.on_the_stack():
                [state] = spec.canon_subtask_cancel(operands["async_"], index)
            self.cancelled(t, slot, state)
        elif name == "wild-cancel":
            self.cancelled(t, slot, *spec.canon_subtask_cancel(True, self.get(t + 32 + 4 * slot)))
        elif name == "wild-drop":
            spec.canon_subtask_drop(self.get(t + 32 + 4 * slot))
            self.put(t + 32 + 4 * slot, 0)
        elif name == "poll":
            self.stored(t, *spec.canon_waitable_set_poll(False, self.memory, self.get(t + 4), t + 64))
        elif name == "wait-on-the-stack":
            if self.busy(t):
                self.waited(t)
            else:
                self.tell(t, 92, 0)
        elif name == "yield-on-the-stack":
            with self.on_the_stack():
                [given] = spec.canon_thread_yield(operands["cancellable"])
            self.tell(t, 6, int(given))
            if given:
                self.put(t + 8, 1)
        elif name == "backpressure-inc":
            spec.canon_backpressure_inc()
            self.tell(t, 7, 1)
        elif name == "backpressure-dec":
            spec.canon_backpressure_dec()
            self.tell(t, 7, 0)
        elif name == "context":
            self.tell(t, 8, *spec.canon_context_get("i32", 1))
            spec.canon_context_set("i32", 1, operands["value"])
        elif name == "watch":
            self.watch(t, operands["gate"])
        elif name == "open":
            gate = self.gate(operands["gate"])
            if gate["opened"]:
                self.tell(t, 94, operands["gate"])
                return
            gate["opened"] = True
            self.make(gate)
            [given] = spec.canon_future_write(self.future, self.copying(), gate["writable"], 0)
            self.tell(t, 40, int(given))
        elif name == "return":
            if self.get(t + 12):
                self.tell(t, 95, 0)
                return
            self.put(t + 12, 1)
            if operands["gives_in"] and self.get(t + 8):
                spec.canon_task_cancel()
                self.tell(t, 63, 1)
            else:
                self.return_(t)
                self.tell(t, 63, 0)
        elif name == "wild-return":
            self.put(t + 12, 1)
            self.return_(t)
        elif name == "wild-cancelled":
            self.put(t + 12, 1)
            spec.canon_task_cancel()
        else:
            raise ValueError(name)

    def return_(self, t):
        options = self.spec.LiftOptions(memory=self.memory)
        self.spec.canon_task_return([self.spec.U32Type()], options, [self.get(t + 20)])

    def copying(self):
        return self.spec.CanonicalOptions(memory=self.memory, async_=True)

    def gate(self, number):
        empty = {"writable": 0, "readable": 0, "watched": False, "opened": False}
        return self.gates.setdefault(number, empty)

    def make(self, gate):
        if not gate["writable"]:
            [ends] = self.spec.canon_future_new(self.future)
            gate["readable"], gate["writable"] = ends & 0xFFFF_FFFF, ends >> 32

    def watch(self, t, number):
        spec, gate = self.spec, self.gate(number)
        if gate["watched"] or self.get(t + 44):
            self.tell(t, 93, number)
            return
        gate["watched"] = True
        self.make(gate)
        [given] = spec.canon_future_read(self.future, self.copying(), gate["readable"], 0)
        self.tell(t, 9, int(given))
        if given != BLOCKED:
            spec.canon_future_drop_readable(self.future, gate["readable"])
            return
        self.put(t + 44, gate["readable"])
        spec.canon_waitable_join(gate["readable"], self.get(t + 4))

    def busy(self, t):
        return any(self.get(t + at) for at in (32, 36, 40, 44))

    def over(self, t, slot):
        self.tell(t, 2, self.get(t + 80 + 4 * slot))
        self.spec.canon_subtask_drop(self.get(t + 32 + 4 * slot))
        self.put(t + 32 + 4 * slot, 0)

    def cancelled(self, t, slot, state):
        self.tell(t, 5, int(state))
        if state != BLOCKED:
            self.over(t, slot)

    def waited(self, t):
        with self.on_the_stack():
            [code] = self.spec.canon_waitable_set_wait(False, self.memory, self.get(t + 4), t + 64)
        self.stored(t, code)

    @contextlib.contextmanager
    def on_the_stack(self):
        thread = self.spec.current_thread()
        before, thread.waits_on_the_stack = thread.waits_on_the_stack, True
        try:
            yield
        finally:
            thread.waits_on_the_stack = before

    def stored(self, t, code):
        self.event(t, code, self.get(t + 64), self.get(t + 68))

    def event(self, t, code, index, payload):
        code, index, payload = int(code), int(index), int(payload)
        self.tell(t, 10 + code, index)
        self.tell(t, 20, payload)
        if code == 6:
            self.put(t + 8, 1)
        if code == 4:
            self.put(t + 44, 0)
            self.spec.canon_future_drop_readable(self.future, index)
        if code == 1 and payload >= 2:
            for slot in range(SLOTS):
                if self.get(t + 32 + 4 * slot) == index:
                    self.over(t, slot)
                    return


def parts(operation):
    """An operation's name and its operands."""
    return (operation, {}) if isinstance(operation, str) else next(iter(operation.items()))


class Run:
    """One way through a program; what it is to tell is known."""

    def __init__(self, spec, program, log):
        self.spec, self.log, self.at = spec, log, 0
        self.store = spec.Store()
        self.store.threads = 0
        self.instances = []
        for n in range(len(program["instances"])):
            self.instances.append(Instance(self, n, program["instances"][n]))

    def tell(self, line):
        if self.at == len(self.log) or tuple(self.log[self.at]) != line:
            raise Differs(line)
        self.at += 1

    def go(self):
        """How it ends. Raises `Differs` as soon as it tells of something else."""
        result = []
        callee, _ = self.instances[0].functions[0]
        try:
            self.store.invoke(callee, lambda: [{str(n): n + 1 for n in range(5)}], result.append)
            while any(thread.ready() for thread in self.store.waiting):
                self.store.tick()
        except (self.spec.Trap, Unreachable):
            return "trapped"
        return "returned" if result else "deadlock"


def ended(outcome):
    end = outcome["end"]
    return end if isinstance(end, str) else next(iter(end))


ON_THE_STACK = {"call-sync", "wait-on-the-stack", "yield-on-the-stack"}


def waits_on_the_stack(functions):
    """Whether one of them can."""
    return any(
        function["kind"] == "sync" or any(parts(operation)[0] in ON_THE_STACK for operation in function["operations"])
        for function in functions
    )


def check(spec, line, limit):
    end = ended(line["outcome"])
    if end == "second-stack":
        return end
    spec.one_stack = False
    said = search(spec, line, limit)
    # The first function runs at the bottom of the stack.
    functions = [function for instance in line["program"]["instances"] for function in instance][1:]
    if said != "allowed" and waits_on_the_stack(functions):
        spec.one_stack = True
        said = search(spec, line, limit)
        if said == "allowed":
            return "allowed with one stack"
    return said


def search(spec, line, limit):
    program, outcome = line["program"], line["outcome"]
    end = ended(outcome)
    choices = Choices()
    spec.random.choices = choices
    furthest = (-1, None)
    for _ in range(limit):
        run = Run(spec, program, outcome["log"])
        try:
            how = run.go()
            if how == end and run.at == len(outcome["log"]):
                return "allowed"
            if run.at > furthest[0] or run.at == len(outcome["log"]):
                furthest = (run.at, how)
        except Differs as differs:
            if run.at > furthest[0]:
                furthest = (run.at, differs.args[0])
        if not choices.next():
            return f"not allowed: {end} after {len(outcome['log'])}, at most {furthest[0]}, then {furthest[1]}"
    return f"undecided: at most {furthest[0]} of {len(outcome['log'])}, then {furthest[1]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("definitions", help="definitions.py of the specification")
    parser.add_argument("--record", help="a file for the digests, if all are allowed")
    parser.add_argument("--limit", type=int, default=5000, help="tries for each program")
    arguments = parser.parse_args()
    spec = load(arguments.definitions)
    counts, wrong, digests = {}, False, []
    for text in sys.stdin:
        line = json.loads(text)
        digests.append(line["digest"])
        try:
            said = check(spec, line, arguments.limit)
        except AssertionError as error:
            said = f"the specification asserts: {error!r} at {error.__traceback__.tb_next}"
        word = said.split(":")[0]
        counts[word] = counts.get(word, 0) + 1
        if word not in ("allowed", "allowed with one stack", "second-stack"):
            wrong = True
            print(f"seed {line['seed']}: {said}")
    print(counts)
    if arguments.record and not wrong:
        with open(arguments.record, "w", encoding="utf-8") as file:
            file.write("".join(digest + "\n" for digest in digests))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
