//! A component of three, the command: it prints what it sees of the other two.

wit_bindgen::generate!({ path: "../wit", world: "clerks" });

use std::env;
use std::process::ExitCode;
use test::split::desk::{self, Reader};
use test::split::shelf::Folder;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    println!("arguments {arguments:?}");
    match work(arguments.first().is_some_and(|argument| argument == "fail")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("not done: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work(fail: bool) -> Result<(), String> {
    println!("environment {:?}", desk::variables());
    println!("waited {}, drew {}", desk::wait(20), desk::draw());
    let root = Folder::new("/");
    show("/", &root)?;

    let reader = Reader::new();
    println!("line {:?}", reader.line()?);
    let input = root.create("input", b"> ")?;
    println!("saved {}", reader.save(&input)?);
    println!("begins {:?}", String::from_utf8_lossy(&input.read(0, 12)?));
    input.truncate(7)?;

    let (papers, drawer) = (root.make("papers")?, root.make("drawer")?);
    root.rename("input", &papers, "read")?;
    papers.link("read", &drawer, "linked")?;
    input.append(b"; more")?;
    let copy = desk::copy(input, &papers, "copy")?;
    show("copy", &copy)?;
    println!("through the link {:?}", String::from_utf8_lossy(&drawer.open("linked")?.read(2, 100)?));
    println!("not empty: {:?}, absent: {:?}", root.remove("papers"), root.remove("absent"));
    println!("there already: {:?}", root.make("papers").err());
    papers.remove("read")?;

    // Many handles at once, and given back in another order.
    let many = (0..50).map(|n| drawer.create(&format!("n{n}"), &[n])).collect::<Result<Vec<_>, _>>()?;
    println!("sizes {:?}", many.iter().map(|document| document.size()).sum::<Result<u64, _>>());
    many.into_iter().rev().for_each(drop);
    for n in 1..50 {
        drawer.remove(&format!("n{n}"))?;
    }
    if fail {
        root.open("absent")?;
    }
    for (name, folder) in [("/", root), ("papers", papers), ("drawer", drawer)] {
        show(name, &folder)?;
    }
    println!("diary {:?}", desk::diary());
    Ok(())
}

fn show(name: &str, folder: &Folder) -> Result<(), String> {
    println!("{name}: {:?}", folder.entries()?);
    Ok(())
}
