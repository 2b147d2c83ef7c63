// What leaf.rs does, in C and without any library: ends in a trap, in several ways and at several depths.

typedef unsigned u32;

static u32 (*volatile absent)(u32);
static volatile u32 zero;
static volatile u32 seen;

static inline u32 beyond(const u32 *values, u32 at) {
    return *(const volatile u32 *)((u32)(values + at) | 0xffff0000u);
}

static __attribute__((noinline)) u32 down(u32 depth, u32 how, const u32 *values, u32 count) {
    u32 sum = 0;
    for (u32 nth = 0; nth < count; nth++) {
        sum += values[nth] * nth;
    }
    if (depth > 0) {
        return sum ^ down(depth - 1, how, values, count);
    }
    switch (how) {
    case 0:
        return absent(sum);
    case 1:
        return sum / zero;
    case 2:
        // A load that an engine makes one with what its value is used for would have that line.
        seen = beyond(values, sum);
        return seen;
    case 3:
        if (values != 0) {
            __builtin_trap();
        }
    }
    return sum;
}

__attribute__((export_name("debug:trail/steps#fall")))
u32 fall(u32 how, const u32 *values, u32 count) {
    return down(count % 3 + 1, how, values, count);
}

// Nothing is given back: no call takes much. The runner has a function of that name, with lines of its own.
__attribute__((export_name("cabi_realloc")))
void *take(void *old, u32 old_size, u32 align, u32 size) {
    static unsigned char space[4096];
    static u32 used;
    u32 at = ((u32)space + used + align - 1) & -align;
    used = at + size - (u32)space;
    if (old != 0 || old_size != 0 || used > sizeof space) {
        __builtin_trap();
    }
    return (void *)at;
}
