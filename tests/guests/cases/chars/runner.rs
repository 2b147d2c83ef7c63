use test::chars::chars::*;

wit_bindgen::generate!({ path: "cases/chars/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        for c in ['\0', 'a', '\u{7f}', 'ß', '\u{d7ff}', '\u{e000}', '🐟', char::MAX] {
            assert_eq!(echo(c), c);
            assert_eq!(code(c), u32::from(c));
            assert_eq!(from_code(u32::from(c)), Some(c));
        }
        assert_eq!(from_code(0xd800), None);
        assert_eq!(from_code(0x11_0000), None);
        assert_eq!(reversed(&['x', '🐟', 'ß']), ['ß', '🐟', 'x']);
        assert_eq!(reversed(&[]), []);
    }
}
