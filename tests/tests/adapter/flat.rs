//! Values in flat form: normalisation, checks, joins.

use crate::probe::Probe;

const NAN32: u64 = 0x7fa0_1234;
const NAN64: u64 = 0x7ff4_0000_0000_1234;

/// What becomes of a single flat value, as a parameter and as a result.
fn single(ty: &str, types: &[(&str, &str)], flat: &str, cases: &[(u64, Option<u64>)]) {
    let flat = [flat];
    let probe = Probe::new(ty).types(types).flat(&flat);
    for (raw, expected) in cases {
        assert_eq!(probe.flats(&[*raw]), expected.map(|n| vec![n]), "{ty} {raw:#x}");
        assert_eq!(probe.flat_result(*raw), *expected, "{ty} {raw:#x} as a result");
    }
}

#[test]
fn scalars() {
    let same = |n: u64| (n, Some(n));
    single("bool", &[], "i32", &[same(0), same(1), (2, Some(1)), (0x8000_0000, Some(1))]);
    single("u8", &[], "i32", &[same(0xff), (0x1fe, Some(0xfe))]);
    single("s8", &[], "i32", &[same(0x7f), (0x80, Some(0xffff_ff80)), same(0xffff_ffff)]);
    single("u16", &[], "i32", &[same(0xffff), (0x8001_fffe, Some(0xfffe))]);
    single("s16", &[], "i32", &[same(0x7fff), (0x8000, Some(0xffff_8000))]);
    single("u32", &[], "i32", &[same(0xffff_ffff)]);
    single("s32", &[], "i32", &[same(0x8000_0000)]);
    single("u64", &[], "i64", &[same(u64::MAX)]);
    single("s64", &[], "i64", &[same(1 << 63)]);
    single("f32", &[], "f32", &[same(NAN32), same(0x8000_0000)]);
    single("f64", &[], "f64", &[same(NAN64), same(1 << 63)]);
}

#[test]
fn chars() {
    let cases = [0, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0x10_ffff, 0x11_0000, 0xffff_ffff]
        .map(|c: u64| (c, char::from_u32(c as u32).map(|_| c)));
    single("char", &[], "i32", &cases);
}

#[test]
fn flags_and_enums() {
    let types = [("t", r#"(flags "a" "b" "c")"#)];
    single("$t", &types, "i32", &[(7, Some(7)), (0xffff_fffd, Some(5))]);
    let labels: String = (0..32).map(|i| format!("\"l{i}\" ")).collect();
    let flags = format!("(flags {labels})");
    single("$t", &[("t", &flags)], "i32", &[(0xffff_ffff, Some(0xffff_ffff))]);
    let types = [("t", r#"(enum "a" "b" "c")"#)];
    single("$t", &types, "i32", &[(0, Some(0)), (2, Some(2)), (3, None), (0xffff_ffff, None)]);
    single("(result)", &[], "i32", &[(0, Some(0)), (1, Some(1)), (2, None)]);
}

#[test]
fn records() {
    let types = [
        ("inner", r#"(record (field "a" bool) (field "b" f32))"#),
        ("outer", r#"(record (field "x" s8) (field "y" $inner) (field "z" (list u16 3)))"#),
    ];
    let probe = Probe::new("$outer").types(&types).flat(&["i32", "i32", "f32", "i32", "i32", "i32"]);
    assert_eq!(probe.flats(&[0xff, 4, NAN32, 0x1_0001, 2, 3]), Some(vec![0xffff_ffff, 1, NAN32, 1, 2, 3]));
}

#[test]
fn unused_slots_become_zero() {
    let probe = Probe::new("(option (tuple u8 u64))").flat(&["i32", "i32", "i64"]);
    assert_eq!(probe.flats(&[1, 0x102, 3]), Some(vec![1, 2, 3]));
    assert_eq!(probe.flats(&[0, 0x102, 3]), Some(vec![0, 0, 0]));
    assert_eq!(probe.flats(&[2, 0, 0]), None);
    let probe = Probe::new("(result f32 (error (tuple u32 f64 f32)))").flat(&["i32", "i32", "f64", "f32"]);
    assert_eq!(probe.flats(&[0, NAN32, NAN64, NAN32]), Some(vec![0, NAN32, 0, 0]));
    assert_eq!(probe.flats(&[1, 5, NAN64, NAN32]), Some(vec![1, 5, NAN64, NAN32]));
}

#[test]
fn joined_slots() {
    let types = [(
        "t",
        r#"(variant (case "a" u8) (case "b" f32) (case "c" f64) (case "d" u64) (case "e" s8)
            (case "f" (option f32)) (case "g" char) (case "h"))"#,
    )];
    let probe = Probe::new("$t").types(&types).flat(&["i32", "i64", "f32"]);
    let junk = 0xdead_beef_0000_0000;
    for (raw, expected) in [
        ([0, junk | 0x101, 9], Some([0, 1, 0])),
        ([1, junk | NAN32, 9], Some([1, NAN32, 0])),
        ([2, NAN64, 9], Some([2, NAN64, 0])),
        ([3, u64::MAX, 9], Some([3, u64::MAX, 0])),
        // A negative s8 is an unsigned number when it is widened.
        ([4, junk | 0x80, 9], Some([4, 0xffff_ff80, 0])),
        ([5, junk, NAN32], Some([5, 0, 0])),
        ([5, junk | 1, NAN32], Some([5, 1, NAN32])),
        ([5, junk | 2, NAN32], None),
        ([6, junk | 0x41, 9], Some([6, 0x41, 0])),
        ([6, junk | 0xd800, 9], None),
        ([7, junk, 9], Some([7, 0, 0])),
        ([8, 0, 0], None),
    ] {
        assert_eq!(probe.flats(&raw), expected.map(|flats| flats.to_vec()), "{raw:x?}");
    }
}

/// Cases with one payload type share their code, and so much code that it is a function of its own.
#[test]
fn large_variants() {
    let types = [
        ("e", r#"(enum "a" "b" "c" "d" "e")"#),
        (
            "small",
            r#"(variant (case "a" $e) (case "b" char) (case "c" (tuple bool $e)) (case "d" s8) (case "x" $e))"#,
        ),
        (
            "large",
            r#"(variant (case "a" $small) (case "b" (tuple $small)) (case "c" (tuple u8 $small))
            (case "d" (tuple s16 $small)) (case "e" (tuple f32 $small)) (case "f" (option $small)))"#,
        ),
        ("huge", r#"(variant (case "a" $large) (case "b" (tuple u64 $large)) (case "c" $large))"#),
    ];
    let flat = ["i32", "i64", "i32", "i32", "i32", "i32", "i32"];
    let probe = Probe::new("$huge").types(&types).flat(&flat);
    for (raw, expected) in [
        ([2, 0, 0, 4, 9, 9, 9], Some([2, 0, 0, 4, 0, 0, 0])),
        ([0, 4, NAN32, 2, 7, 3, 9], Some([0, 4, NAN32, 2, 1, 3, 0])),
        ([0, 4, NAN32, 2, 7, 5, 9], None),
        ([1, u64::MAX, 3, 0x18000, 3, 0x180, 9], Some([1, u64::MAX, 3, 0xffff_8000, 3, 0xffff_ff80, 0])),
        ([1, 8, 5, 0, 4, 4, 9], Some([1, 8, 5, 0, 0, 0, 0])),
        ([3, 0, 0, 0, 0, 0, 0], None),
    ] {
        assert_eq!(probe.flats(&raw), expected.map(|flats| flats.to_vec()), "{raw:x?}");
    }
}
