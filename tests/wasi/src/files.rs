//! A program as anybody would write it, with Rust's standard library: arguments, environment, clocks, standard
//! input, and a tree of files in `/`. It prints what it sees, without what no two runs have in common.

use std::collections::HashMap;
use std::env;
use std::ffi::{CStr, c_char, c_int};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("exit") => process::exit(7),
        Some("fail") => return Err(io::Error::other("as it was told")),
        Some("panic") => panic!("as it was told"),
        _ => {}
    }
    println!("arguments {arguments:?}");
    let mut variables: Vec<_> = env::vars().collect();
    variables.sort();
    println!("environment {variables:?}");
    clocks();
    input()?;
    tree()?;
    contents()?;
    refusals();
    println!("random {}", HashMap::<u8, u8>::new().len());
    eprintln!("done");
    Ok(())
}

fn clocks() {
    let before = Instant::now();
    thread::sleep(Duration::from_millis(20));
    println!("slept {}", before.elapsed() >= Duration::from_millis(20));
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs());
    println!("today {}", since.is_ok_and(|seconds| seconds > 1_700_000_000));
}

fn input() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    println!("line {line:?}");
    let mut rest = Vec::new();
    io::stdin().read_to_end(&mut rest)?;
    let sum = rest.iter().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    println!("and {} bytes that sum up to {sum}", rest.len());
    Ok(())
}

fn tree() -> io::Result<()> {
    list(Path::new("/"))?;
    fs::create_dir_all("/made/deep/er")?;
    fs::write("/made/one", "one")?;
    fs::write("/made/deep/two", "two")?;
    fs::copy("/made/one", "/made/deep/er/three")?;
    fs::rename("/made/one", "/made/deep/four")?;
    fs::hard_link("/made/deep/four", "/made/linked")?;
    link(c"deep/two", c"/made/symbolic")?;
    println!("links to {:?}", fs::read_link("/made/symbolic")?);
    println!("through it {:?}", fs::read_to_string("/made/symbolic")?);
    println!("symbolic {}", fs::symlink_metadata("/made/symbolic")?.is_symlink());
    println!("renamed {}", fs::read_to_string("/made/linked")?);
    fs::remove_file("/made/deep/two")?;
    fs::remove_dir_all("/made/deep/er")?;
    for number in 0..300 {
        fs::create_dir_all("/many")?;
        fs::write(format!("/many/a file with a long name and the number {number}"), [])?;
    }
    println!("many {}", fs::read_dir("/many")?.count());
    fs::remove_dir_all("/many")?;
    list(Path::new("/"))
}

/// What Rust's standard library has no stable function for.
fn link(to: &CStr, from: &CStr) -> io::Result<()> {
    unsafe extern "C" {
        fn symlink(to: *const c_char, from: *const c_char) -> c_int;
    }
    // SAFETY: it is wasi-libc's, and both are strings of C.
    match unsafe { symlink(to.as_ptr(), from.as_ptr()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn list(directory: &Path) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let (path, ty) = (entry.path(), entry.file_type()?);
        let metadata = fs::symlink_metadata(&path)?;
        let len = if ty.is_file() { metadata.len() } else { 0 };
        println!("{path:?} {} {} {} {len}", ty.is_dir(), ty.is_file(), ty.is_symlink());
        let times = (metadata.modified()?, metadata.accessed()?);
        if times.0 < UNIX_EPOCH || times.1 < UNIX_EPOCH {
            println!("of another age");
        }
        if ty.is_dir() {
            list(&path)?;
        }
    }
    Ok(())
}

fn contents() -> io::Result<()> {
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open("/contents")?;
    file.write_all(b"0123456789")?;
    file.seek(SeekFrom::Start(3))?;
    file.write_all(b"abc")?;
    file.seek(SeekFrom::End(5))?;
    file.write_all(b"end")?;
    file.seek(SeekFrom::Start(1))?;
    let mut all = Vec::new();
    file.read_to_end(&mut all)?;
    println!("contents {all:?}");
    file.set_len(4)?;
    file.sync_all()?;
    file.sync_data()?;
    println!("cut {} {}", file.metadata()?.len(), fs::metadata("/contents")?.len());
    file.set_times(
        fs::FileTimes::new()
            .set_modified(UNIX_EPOCH + Duration::new(1_000_000_000, 500))
            .set_accessed(UNIX_EPOCH + Duration::new(1_100_000_000, 0)),
    )?;
    let metadata = file.metadata()?;
    println!("times {:?} {:?}", metadata.modified()?, metadata.accessed()?);
    drop(file);

    let mut appended = OpenOptions::new().append(true).open("/contents")?;
    appended.write_all(b" and more")?;
    drop(appended);
    println!("appended {:?}", fs::read_to_string("/contents")?);

    let big: Vec<u8> = (0..300_000u32).map(|number| (number * 7 / 3) as u8).collect();
    fs::write("/big", &big)?;
    println!("big {}", fs::read("/big")? == big);
    let mut file = File::open("/big")?;
    let mut part = [0; 5];
    file.seek(SeekFrom::Start(70_000))?;
    file.read_exact(&mut part)?;
    println!("part {part:?}");
    io::stdout().write_all(&vec![b'.'; 100_000])?;
    println!();
    Ok(())
}

/// What goes wrong, and how.
fn refusals() {
    let kind = |result: io::Result<()>| result.map_err(|error| (error.kind(), error.raw_os_error()));
    println!("{:?}", kind(File::open("/absent").map(drop)));
    println!("{:?}", kind(File::open("/contents/below").map(drop)));
    println!("{:?}", kind(fs::read("/made").map(drop)));
    println!("{:?}", kind(fs::remove_dir("/made")));
    println!("{:?}", kind(fs::remove_dir("/contents")));
    println!("{:?}", kind(fs::create_dir("/made")));
    println!("{:?}", kind(OpenOptions::new().write(true).create_new(true).open("/contents").map(drop)));
    println!("{:?}", kind(fs::read_link("/contents").map(drop)));
    println!("{:?}", kind(fs::read_dir("/contents").map(drop)));
    println!("{:?}", kind(fs::rename("/absent", "/elsewhere")));
    println!("{:?}", kind(File::open(format!("/{}", "x".repeat(300))).map(drop)));
    println!("{:?}", kind(File::open("/../outside").map(drop)));
    let read_only = File::open("/contents").and_then(|mut file| file.write_all(b"no"));
    println!("{:?}", read_only.map_err(|error| error.kind() == ErrorKind::Other));
    println!("{:?}", kind(std::net::TcpStream::connect("127.0.0.1:1").map(drop)).is_err());
}
