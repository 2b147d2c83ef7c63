//! Random compositions of components (`meld_tests::generated`): unfused, fused to a component, fused to
//! a core module. `target/release/generated --seed N` goes on where this ends.

use meld_tests::generated::campaign;

/// The first seeds; the number of instances that are driven follows from them.
const SEEDS: std::ops::Range<u64> = 1..1001;

#[test]
fn random_compositions() {
    let seen = campaign(SEEDS, 0).unwrap_or_else(|failure| panic!("{failure}"));
    println!("{seen:?}");
    assert!(seen.instances >= 10_000, "too few cases: {seen:?}");
    assert!(seen.traps * 20 >= seen.instances, "hardly anything traps: {seen:?}");
    assert!(seen.not_run * 10 < seen.compositions, "wasmtime does not run enough: {seen:?}");
}
