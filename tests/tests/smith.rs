//! Random core modules in one component, unfused against fused: see `meld_tests::smith`. `MELD_SMITH`
//! sets the seeds, `FIRST..END`.

use meld_tests::smith::campaign;

/// What takes about a minute on two cores.
const COUNT: u64 = 4000;

#[test]
fn random_modules_do_the_same_when_they_are_merged() {
    let seeds = std::env::var("MELD_SMITH").ok().map_or(1..COUNT + 1, |text| {
        let (first, end) = text.split_once("..").expect("FIRST..END");
        first.parse().expect("a number")..end.parse().expect("a number")
    });
    let count = (seeds.end - seeds.start) as usize;
    let seen = campaign(seeds).unwrap_or_else(|failure| panic!("{failure}"));
    println!("{seen:?}");
    assert!(seen.components > count * 9 / 10, "{seen:?}");
}
