//! Texts of many pages, long lines, and more text than there may be.

use super::{binary, listing};
use crate::Listing;
use crate::listing::SHOWN;

/// Functions of a few lines, as many as give a text of several pages.
fn many(functions: usize) -> Vec<u8> {
    let bodies: String = (0..functions)
        .map(|number| format!("(func $function_{number} i32.const {number} drop i32.const -1 drop)"))
        .collect();
    binary(&format!("(module {bodies})"))
}

#[test]
fn lines_and_matches_are_found_across_pages() {
    const FUNCTIONS: usize = 60_000;
    let mut shares = Vec::new();
    let listing = Listing::new(&many(FUNCTIONS), |share| shares.push(share));
    let text = listing.text(0, usize::MAX);
    assert!(shares.len() > 50 && shares.is_sorted(), "{shares:?}");
    assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{shares:?}");
    assert!(text.len() > 4 << 20, "{}", text.len());
    assert_eq!(text.lines().count(), listing.lines());
    let functions = &listing.places().functions;
    assert_eq!(functions.len(), FUNCTIONS);
    for (line, contents) in text.lines().enumerate().step_by(997) {
        assert_eq!(listing.text(line, 1), contents);
    }
    for place in functions.iter().step_by(997) {
        let name = format!("$function_{} ", place.1);
        assert!(listing.text(place.3, 1).contains(&name), "{place:?}");
        for (from, backwards) in [(0, false), (place.3, false), (place.3, true), (listing.lines(), true)] {
            for (query, ignore_case) in [(name.clone(), false), (name.to_uppercase(), true)] {
                let found = listing.search(&query, from, backwards, ignore_case).map(|found| found.line);
                assert_eq!(found, Some(place.3), "{query} {from} {backwards}");
            }
        }
        // Of many that match, the nearest.
        for ignore_case in [false, true] {
            let nearest = |from: usize, backwards: bool| {
                listing.search("$function_", from, backwards, ignore_case).map(|found| found.line)
            };
            let neighbour = |number: Option<usize>| Some(functions.get(number?)?.3);
            assert_eq!(nearest(place.3 - 1, true), neighbour(place.1.checked_sub(1)), "{place:?}");
            assert_eq!(nearest(place.3 + 1, false), neighbour(Some(place.1 + 1)), "{place:?}");
        }
        assert_eq!(listing.search(&name, place.3 + 1, false, false), None);
        assert_eq!(listing.search(&name, place.3 - 1, true, false), None);
    }
}

#[test]
fn a_long_line_is_shown_in_part_and_searched_whole() {
    let data = format!("{}needle{}", "a".repeat(3 << 20), "b".repeat(1000));
    let listing =
        listing(&binary(&format!("(module (memory 99) (data (i32.const 0) \"{data}\") (func $last))")));
    let found = listing.search("needle", 0, false, false).expect("it is there");
    let start = found.column - (3 << 20);
    let shown = listing.text(found.line, 1);
    let whole = start + data.len() + "\")".len();
    assert_eq!(
        shown,
        format!("\t(data (;0;) (i32.const 0) \"{}… {} more bytes", "a".repeat(SHOWN - start), whole - SHOWN)
    );
    assert_eq!(found.excerpt, Some(format!("{}needle{}", "a".repeat(40), "b".repeat(40))));
    let visible = listing.search("aaa", 0, false, false).expect("it is there");
    assert_eq!((visible.line, visible.column, visible.excerpt), (found.line, start, None));
    let end = listing.search("bb\")", 0, false, false).expect("it is there");
    assert_eq!(end.excerpt.as_deref().map(|excerpt| excerpt.ends_with("bb\")")), Some(true));
    assert!(listing.text(found.line - 1, 1).contains("$last"));
    assert_eq!(listing.text(found.line + 1, 1), ")");
}

#[test]
fn a_text_that_would_be_too_long_ends_early_and_says_so() {
    let bytes = many(1000);
    let whole = listing(&bytes);
    let part = Listing::with_limit(&bytes, 10_000, &mut |_| ());
    let stopped = part.stopped().expect("too long");
    assert!(stopped.contains("longer than 10000 bytes"), "{stopped}");
    assert!(part.lines() > 100 && part.lines() < whole.lines());
    let text = part.text(0, usize::MAX);
    assert!(text.len() < 10_000);
    assert!(whole.text(0, usize::MAX).starts_with(&text));
    assert!(!part.places().functions.is_empty());
    assert!(part.places().functions.iter().all(|place| place.3 < part.lines()));
}
