use test::chain_use::inner::{Thing, live};
use test::chain_use::{last, outer};

wit_bindgen::generate!({ path: "cases/chain-use/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let a = Thing::new(1);
        let b = outer::make(2);
        assert_eq!((a.value(), b.value(), live()), (1, 2, 2));
        assert_eq!((outer::sum(&a, &b, Some(&b)), outer::sum(&a, &a, None)), (5, 2));
        let c = outer::next(b).unwrap();
        assert_eq!((c.value(), live()), (3, 2));
        assert!(outer::next(outer::make(u32::MAX)).is_none());
        let holder = outer::Holder::new(a);
        let mut holders = last::hold(vec![c, outer::make(9)]);
        holders.push(holder);
        assert_eq!(live(), 3);
        let values: Vec<u32> = holders.into_iter().map(|h| outer::Holder::release(h).value()).collect();
        assert_eq!((values, live()), (vec![9, 3, 1], 0));
        drop(outer::Holder::new(outer::make(5)));
        assert_eq!(live(), 0);
    }
}
