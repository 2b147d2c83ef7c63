use test::resource_ownership::things::*;

wit_bindgen::generate!({ path: "cases/resource-ownership/world.wit", world: "runner" });

struct Component;
export!(Component);

fn labelled(value: u32, spare: Option<u32>) -> Labelled {
    Labelled { label: format!("n{value}"), thing: Thing::new(value), spare: spare.map(Thing::new) }
}

impl Guest for Component {
    fn run() {
        assert_eq!(take(Thing::new(7)), 7);
        assert_eq!(live(), 0);
        let given = give(u32::MAX);
        assert_eq!(pass(given).value(), u32::MAX);
        assert_eq!(live(), 0);

        let swapped = in_record(labelled(1, Some(2)));
        assert_eq!((swapped.thing.value(), swapped.spare.map(take)), (2, Some(1)));
        assert!(in_record(labelled(1, None)).spare.is_none());
        drop(swapped.thing);
        assert_eq!(live(), 0);

        let sorted = in_list([3, 1, 2].map(Thing::new).into());
        assert_eq!(live(), 3);
        assert_eq!(sorted.into_iter().map(take).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(in_list(Vec::new()).is_empty());

        assert_eq!(in_option(Some(Thing::new(5))).map(take), Some(5));
        assert!(in_option(Some(Thing::new(0))).is_none());
        assert!(in_option(None).is_none());
        assert_eq!(in_result(Ok(Thing::new(6))).err().map(take), Some(6));
        assert_eq!(in_result(Err("text".into())).ok().as_deref(), Some("text"));
        let (a, n, b) = in_tuple((9, Thing::new(1), Thing::new(2)));
        assert_eq!((take(a), n, take(b)), (2, 9, 1));
        assert_eq!(live(), 0);

        assert!(matches!(in_variant(Choice::None), Choice::None));
        assert!(matches!(in_variant(Choice::One(Thing::new(1))), Choice::Many(m) if m[0].value() == 1));
        let two = Choice::Two((Thing::new(1), Thing::new(2)));
        assert!(matches!(in_variant(two), Choice::Two((a, b)) if (a.value(), b.value()) == (2, 1)));
        let many = Choice::Many([4, 5, 6].map(Thing::new).into());
        assert!(matches!(in_variant(many), Choice::One(t) if t.value() == 4));
        assert_eq!(live(), 0);

        let mut records =
            in_list_of_records(vec![labelled(1, Some(10)), labelled(2, Some(20)), labelled(3, None)]);
        assert_eq!(live(), 2);
        assert!(records[0].is_none() && records[2].is_none());
        let record = records.remove(1).unwrap();
        assert_eq!((record.label.as_str(), take(record.thing), record.spare.map(take)), ("n2", 2, Some(20)));
        assert_eq!(live(), 0);

        keep(Thing::new(1));
        keep(give(2));
        assert_eq!(live(), 2);
        assert_eq!(back().into_iter().map(take).collect::<Vec<_>>(), [1, 2]);
        assert!(back().is_empty());
        assert_eq!(live(), 0);
    }
}
