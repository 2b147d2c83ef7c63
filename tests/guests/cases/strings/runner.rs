use test::strings::strings::*;

wit_bindgen::generate!({ path: "cases/strings/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        for text in ["", "a", "plain ascii", "Grüße", "\u{ffff}\0\u{1f41f}", "日本語"] {
            take(text, text.len() as u32);
            assert_eq!(echo(text), text);
        }
        assert_eq!(give(), "given: \u{1f41f} ß");
        assert_eq!(join("", "b", "ü"), "|b|ü");
        assert_eq!(split("a,b,,🐟", ','), ["a", "b", "", "🐟"]);
        assert_eq!(split("", ','), [""]);
        // Enough to make both memories grow, again and again.
        let long = repeat("0123456789", 30_000);
        assert_eq!(long.len(), 300_000);
        for _ in 0..20 {
            assert_eq!(echo(&long), long);
        }
    }
}
