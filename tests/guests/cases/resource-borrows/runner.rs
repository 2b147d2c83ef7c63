use test::resource_borrows::things::*;

wit_bindgen::generate!({ path: "cases/resource-borrows/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let (a, b) = (Thing::new(3), Thing::new(4));
        assert!(a.same(&a) && !a.same(&b));
        assert_eq!(alone(&a), 3);
        assert_eq!((both(&a, &b), both(&b, &b)), (34, 44));
        let c = with_own(&a, Thing::new(6));
        assert_eq!((alone(&c), live()), (9, 3));
        assert_eq!(in_record(&Pair { a: &a, label: "label".into(), b: Some(&b) }), 7);
        assert_eq!(in_record(&Pair { a: &a, label: "label".into(), b: None }), 3);
        assert_eq!(in_list(&[&a, &b, &a, &c]), 19);
        assert_eq!(in_list(&[]), 0);
        assert_eq!(in_tuple((&a, 5, &b)), 354);
        assert_eq!((in_option(Some(&b)), in_option(None)), (Some(4), None));
        assert_eq!(in_variant(&Choice::None), 0);
        assert_eq!(in_variant(&Choice::One(&a)), 3);
        assert_eq!(in_variant(&Choice::Many(vec![&a, &b, &b])), 11);
        let nested = [(&a, Ok(&b)), (&b, Err("text".to_string())), (&c, Ok(&c))];
        let more =
            [Pair { a: &a, label: "one".into(), b: Some(&a) }, Pair { a: &b, label: "two".into(), b: None }];
        assert_eq!(in_aggregate(&nested, &more), ["3 4", "4 text", "9 9", "one 6", "two 4"]);
        assert_eq!(live(), 3);
        drop((a, b, c));
        assert_eq!(live(), 0);
    }
}
