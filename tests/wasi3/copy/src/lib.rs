//! Copies standard input to standard output, through another component.

wit_bindgen::generate!({ path: "../text", world: "copy" });
wasip3::cli::command::export!(Copy);

struct Copy;

impl wasip3::exports::cli::run::Guest for Copy {
    async fn run() -> Result<(), ()> {
        let (input, read) = wasip3::cli::stdin::read_via_stream();
        let upper = test::text::filter::upper(input).await;
        wasip3::cli::stdout::write_via_stream(upper).await.map_err(|_| ())?;
        read.await.map_err(|_| ())
    }
}
