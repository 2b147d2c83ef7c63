use test::resource_lists::shelf::*;

wit_bindgen::generate!({ path: "cases/resource-lists/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let pages = ["eins".to_string(), "zwei \u{1f41f}".to_string()];
        let book = Book::new("zebra", &pages);
        assert_eq!(book.pages(), pages);
        let sorted = sort(vec![book, Book::new("ant", &[]), Book::new("ape", &[])]);
        assert_eq!(titles(&sorted.iter().collect::<Vec<_>>()), ["ant", "ape", "zebra"]);
        assert_eq!(sorted[2].pages(), pages);
        let groups = group(sorted);
        assert_eq!(
            groups.iter().map(|(c, books)| (*c, books.len())).collect::<Vec<_>>(),
            [('a', 2), ('z', 1)]
        );
        assert_eq!(live(), 3);
        drop(groups);
        assert_eq!(live(), 0);
        // Enough handles for every table to grow.
        let mut many = make(3000);
        assert_eq!(live(), 3000);
        many.reverse();
        let all: Vec<&Book> = many.iter().chain(&many).collect();
        let names = titles(&all);
        assert_eq!((names.len(), names[0].as_str(), names[5999].as_str()), (6000, "2999", "0000"));
        many.retain(|book| book.title().ends_with('7'));
        assert_eq!(live(), 300);
        let many = sort(many);
        assert_eq!((many[299].title().as_str(), many[299].pages().len()), ("2997", 0));
        drop(many);
        assert_eq!(live(), 0);
    }
}
