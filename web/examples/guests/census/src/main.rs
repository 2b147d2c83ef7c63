//! A program that counts the lines of the files in its directory, and writes what it found for the one
//! that the environment names.

use std::{env, fs, io};

fn main() -> io::Result<()> {
    let reader = env::var("READER").unwrap_or_else(|_| "nobody".to_string());
    let mut names: Vec<String> = fs::read_dir("/")?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".txt"))
        .collect();
    names.sort();
    let mut report = String::new();
    for name in names {
        let lines = fs::read_to_string(format!("/{name}"))?.lines().count();
        report += &format!("{reader}: {name} has {lines} lines\n");
    }
    print!("{report}");
    fs::create_dir_all("/out")?;
    fs::write("/out/counted.txt", report)
}
