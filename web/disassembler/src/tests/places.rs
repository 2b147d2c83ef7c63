//! Lines, and what begins on them.

use super::{NESTED, binary, line, listing};

#[test]
fn the_text_is_what_wasmprinter_prints() {
    let bytes = binary(NESTED);
    let listing = listing(&bytes);
    let mut printed = String::new();
    let mut config = wasmprinter::Config::new();
    config.indent_text("\t").print(&bytes, &mut wasmprinter::PrintFmtWrite(&mut printed)).expect("valid");
    assert_eq!(listing.stopped(), None);
    assert_eq!(listing.lines(), printed.lines().count());
    assert_eq!(listing.text(0, usize::MAX), printed.trim_end_matches('\n'));
    assert_eq!(listing.text(2, 2), printed.lines().skip(2).take(2).collect::<Vec<_>>().join("\n"));
    assert_eq!(listing.text(listing.lines(), 1), "");
}

#[test]
fn places_are_on_the_lines_where_they_begin() {
    let listing = listing(&binary(NESTED));
    let places = listing.places();
    let modules: Vec<_> = places.modules.iter().map(|place| (place.module, place.name.as_deref())).collect();
    assert_eq!(modules, [(0, Some("store")), (1, Some("other"))]);
    for place in &places.modules {
        let name = place.name.as_deref().unwrap_or_default();
        assert!(line(&listing, place.line).starts_with(&format!("(core module ${name}")), "{place:?}");
    }
    let memories: Vec<_> = places.memories.iter().map(|p| (p.index, line(&listing, p.line))).collect();
    assert_eq!(
        memories,
        [
            (0, "(import \"host\" \"memory\" (memory (;0;) 3 4))".to_string()),
            (1, "(memory $own (;1;) 1)".to_string()),
            (2, "(memory (;2;) 2 65536 shared)".to_string()),
        ]
    );
    let functions: Vec<_> = places
        .functions
        .iter()
        .map(|place| {
            let printed = line(&listing, place.3);
            assert!(printed.starts_with("(func "), "{place:?} {printed}");
            assert!(printed.contains(&format!("(;{};)", place.1)), "{place:?} {printed}");
            (place.0, place.1, place.2.as_deref(), place.4)
        })
        .collect();
    assert_eq!(
        functions,
        [
            // Local declarations 3, `i32.const` 2, `call` 2, `local.get` 2, `end` 1.
            (0, 1, Some("get"), 10),
            // The first of two exports.
            (0, 2, Some("put"), 2),
            (0, 3, None, 2),
            (1, 0, Some("Get"), 4),
        ]
    );
}

#[test]
fn a_module_that_stands_alone_is_a_place_too() {
    let listing = listing(&binary("(module (func))"));
    let [module] = listing.places().modules.as_slice() else { panic!("{:?}", listing.places()) };
    assert_eq!(line(&listing, module.line), "(module");
    assert_eq!(listing.places().functions.len(), 1);
}

#[test]
fn a_search_goes_either_way_and_tells_the_first_match_in_the_line() {
    let listing = listing(&binary(NESTED));
    let found = |query: &str, from: usize, backwards: bool, ignore_case: bool| {
        listing.search(query, from, backwards, ignore_case).map(|found| {
            assert_eq!(found.excerpt, None);
            (found.line, found.column)
        })
    };
    // As slow and plain as can be.
    let all = listing.text(0, usize::MAX);
    let expected = |query: &str, from: usize, backwards: bool, ignore_case: bool| {
        let fold = |text: &str| if ignore_case { text.to_ascii_lowercase() } else { text.to_string() };
        let matches =
            all.lines().enumerate().filter_map(|(at, line)| Some((at, fold(line).find(&fold(query))?)));
        if backwards {
            matches.filter(|(at, _)| *at <= from).last()
        } else {
            matches.into_iter().find(|(at, _)| *at >= from)
        }
    };
    let mut hits = 0;
    for query in
        ["get", "GET", "$get", "(", ")", "module", "no such thing", "\t\t", "grape\"", "E", "i32.const 7"]
    {
        for from in 0..listing.lines() + 2 {
            for (backwards, ignore_case) in [(false, false), (false, true), (true, false), (true, true)] {
                let is = found(query, from, backwards, ignore_case);
                assert_eq!(
                    is,
                    expected(query, from, backwards, ignore_case),
                    "{query} {from} {backwards} {ignore_case}"
                );
                hits += usize::from(is.is_some());
            }
        }
    }
    assert!(hits > 100, "{hits}");
    assert_eq!(found("", 0, false, false), None);
    assert_eq!(found("(component $app\n", 0, false, false), None);
}
