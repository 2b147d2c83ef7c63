//! A program that calls WASI 0.2 itself, as toolchains' libraries do: what Rust's standard library has no use
//! for. It prints what it sees, without what no two runs have in common.

wit_bindgen::generate!({
    path: ["../../guest/platform/wit", "wit"],
    world: "test:program/program",
    generate_all,
});

use wasi::cli::{environment, stdin, stdout, terminal_stdin, terminal_stdout};
use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::filesystem::preopens::get_directories;
use wasi::filesystem::types::{
    Advice, Descriptor, DescriptorFlags, DescriptorStat, ErrorCode, MetadataHashValue, NewTimestamp,
    OpenFlags, PathFlags, filesystem_error_code,
};
use wasi::io::poll::poll;
use wasi::io::streams::{InputStream, StreamError};
use wasi::random::{insecure, insecure_seed, random};
use wasi::sockets::network::IpAddressFamily;
use wasi::sockets::{instance_network, ip_name_lookup, tcp_create_socket, udp_create_socket};

fn main() {
    if environment::get_arguments().iter().any(|argument| argument == "sockets") {
        return sockets();
    }
    if environment::get_arguments().iter().any(|argument| argument == "codes") {
        return codes();
    }
    println!("{:?} {:?}", environment::get_arguments().get(1..), environment::initial_cwd());
    polls();
    clocks();
    println!("{} {}", random::get_random_bytes(100_000).len(), random::get_random_bytes(0).len());
    println!("{}", insecure::get_insecure_random_bytes(17).len());
    let numbers = [random::get_random_u64(), random::get_random_u64(), insecure::get_insecure_random_u64()];
    println!("{}", numbers[0] != numbers[1] && numbers[1] != numbers[2]);
    println!("{}", insecure_seed::insecure_seed() != (0, 0));
    println!("{}", terminal_stdin::get_terminal_stdin().is_some());
    println!("{}", terminal_stdout::get_terminal_stdout().is_some());
    input();
    output();
    for (directory, name) in get_directories() {
        println!("in {name}");
        files(&directory);
    }
    wasi::cli::exit::exit_with_code(3);
}

fn polls() {
    let start = monotonic_clock::now();
    let (soon, late) = (
        monotonic_clock::subscribe_duration(30_000_000),
        monotonic_clock::subscribe_duration(60_000_000_000),
    );
    let past = monotonic_clock::subscribe_instant(0);
    println!("{} {}", soon.ready(), late.ready());
    println!("{:?}", poll(&[&late, &past]));
    println!("{:?}", poll(&[&late, &soon]));
    println!("{}", monotonic_clock::now() - start >= 30_000_000);
    past.block();
    soon.block();
    println!("{}", past.ready());
    let stream = stdout::get_stdout();
    let out = stream.subscribe();
    let mut ready = poll(&[&late, &out, &soon]);
    ready.sort();
    println!("{ready:?}");
    println!("{}", late.ready());
}

fn clocks() {
    let (resolution, now) = (wall_clock::resolution(), wall_clock::now());
    println!("{}", monotonic_clock::resolution() > 0);
    println!("{} {}", resolution.seconds, now.nanoseconds < 1_000_000_000);
}

/// Waits, as what cannot block does, and reads in pieces.
fn input() {
    let stream = stdin::get_stdin();
    println!("{:?}", stream.blocking_skip(6));
    println!("{:?}", stream.blocking_read(3).map(text).map_err(told));
    println!("{:?}", stream.read(0).map(text).map_err(told));
    let mut all = Vec::new();
    loop {
        let timer = monotonic_clock::subscribe_duration(10_000_000_000);
        let ready = stream.subscribe();
        poll(&[&timer, &ready]);
        match stream.read(1000) {
            Ok(bytes) => all.extend(bytes),
            Err(error) => break println!("{}", told(error)),
        }
    }
    println!("{} bytes", all.len());
    println!("{:?}", stream.blocking_read(3).map(text).map_err(told));
}

fn output() {
    let stream = stdout::get_stdout();
    println!("{}", stream.check_write().is_ok_and(|permit| permit > 0));
    stream.write(b"written\n").unwrap();
    stream.flush().unwrap();
    stream.blocking_flush().unwrap();
    stream.blocking_write_and_flush(b"and flushed\n").unwrap();
    stream.blocking_write_zeroes_and_flush(3000).unwrap();
    println!();
}

fn sockets() {
    for family in [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6] {
        println!("{:?}", tcp_create_socket::create_tcp_socket(family).map(drop));
        println!("{:?}", udp_create_socket::create_udp_socket(family).map(drop));
    }
    let network = instance_network::instance_network();
    println!("{:?}", ip_name_lookup::resolve_addresses(&network, "localhost").map(drop));
}

/// How a function fails, 76 times.
fn codes() {
    let directories = get_directories();
    for _ in 0..76 {
        println!("{}", directories[0].0.unlink_file_at("x").map_or_else(|code| code.name(), |()| "nothing"));
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn told(error: StreamError) -> String {
    match error {
        StreamError::Closed => "closed".to_string(),
        StreamError::LastOperationFailed(error) => format!("{:?}", filesystem_error_code(&error)),
    }
}

const FOLLOW: PathFlags = PathFlags::SYMLINK_FOLLOW;
const STAY: PathFlags = PathFlags::empty();
const READ: DescriptorFlags = DescriptorFlags::READ;
const WRITE: DescriptorFlags = DescriptorFlags::WRITE;

fn files(root: &Descriptor) {
    println!("{:?} {:?}", root.get_flags(), root.get_type());
    root.create_directory_at("d").unwrap();
    let directory = root.open_at(STAY, "d", OpenFlags::DIRECTORY, READ).unwrap();
    println!("{:?} {:?}", directory.get_flags(), directory.get_type());
    let file = directory.open_at(FOLLOW, "f", OpenFlags::CREATE, READ | WRITE).unwrap();
    println!("{:?} {:?}", file.get_flags(), file.get_type());
    streams(&directory, &file);
    metadata(root, &directory, &file);
    refusals(root, &directory, &file);
}

fn streams(directory: &Descriptor, file: &Descriptor) {
    let stream = file.write_via_stream(2).unwrap();
    println!("{}", stream.check_write().is_ok_and(|permit| permit > 0));
    stream.blocking_write_and_flush(b"hello").unwrap();
    stream.blocking_write_and_flush(b", world").unwrap();
    stream.blocking_write_zeroes_and_flush(2).unwrap();
    drop(stream);
    let end = file.append_via_stream().unwrap();
    end.blocking_write_and_flush(b"appended").unwrap();
    end.blocking_write_and_flush(b" twice").unwrap();
    drop(end);
    println!("{:?}", file.write(b"HE", 2));
    println!("{:?} {:?}", file.read(7, 1), file.read(7, 100));
    println!("{:?}", file.stat().map(|stat| stat.size));

    // A stream keeps open what it is over.
    let again = directory.open_at(STAY, "f", OpenFlags::empty(), READ).unwrap();
    let stream = again.read_via_stream(4).unwrap();
    drop(again);
    println!("{:?}", stream.blocking_skip(3));
    println!("{:?}", all(&stream));
    drop(stream);

    let source = file.read_via_stream(0).unwrap();
    let copy = directory.open_at(STAY, "copy", OpenFlags::CREATE | OpenFlags::EXCLUSIVE, WRITE).unwrap();
    println!("{:?}", copy.get_flags());
    let sink = copy.write_via_stream(0).unwrap();
    let mut spliced = 0;
    while let Ok(count) = sink.blocking_splice(&source, 1000) {
        spliced += count;
    }
    println!("{spliced} {:?}", copy.stat().map(|stat| stat.size));
    println!("{:?}", copy.read(1, 0).map(drop));
    println!("{:?}", copy.advise(0, 10, Advice::Sequential));
    println!("{:?} {:?} {:?}", copy.set_size(5), copy.sync(), copy.sync_data());
    println!("{:?}", copy.stat().map(|stat| stat.size));
}

fn all(stream: &InputStream) -> String {
    let mut all = Vec::new();
    loop {
        match stream.blocking_read(5) {
            Ok(bytes) => all.extend(bytes),
            Err(error) => return format!("{:?} {}", text(all), told(error)),
        }
    }
}

fn metadata(root: &Descriptor, directory: &Descriptor, file: &Descriptor) {
    let stat = file.stat().unwrap();
    println!("{:?} {} {}", stat.type_, stat.link_count, stat.size);
    let time = wall_clock::Datetime { seconds: 1_234_567_890, nanoseconds: 123_456_000 };
    let is = |of: Option<wall_clock::Datetime>| {
        of.is_some_and(|of| (of.seconds, of.nanoseconds) == (time.seconds, time.nanoseconds))
    };
    let times = |stat: DescriptorStat| (is(stat.data_access_timestamp), is(stat.data_modification_timestamp));
    let then = NewTimestamp::Timestamp(time);
    println!("{:?} {:?}", file.set_times(then, NewTimestamp::NoChange), file.stat().map(times));
    println!("{:?} {:?}", file.set_times(NewTimestamp::Now, then), file.stat().map(times));
    directory.link_at(STAY, "f", root, "hard").unwrap();
    println!("{:?}", file.stat().map(|stat| stat.link_count));
    root.symlink_at("d/f", "soft").unwrap();
    println!("{:?}", root.set_times_at(FOLLOW, "soft", then, then));
    println!("{:?}", root.stat_at(FOLLOW, "soft").map(|stat| (stat.type_, stat.size)));
    println!("{:?}", root.stat_at(STAY, "soft").map(|stat| stat.type_));
    println!("{:?} {:?}", file.stat().map(times), root.readlink_at("soft"));

    let hard = root.open_at(STAY, "hard", OpenFlags::empty(), READ).unwrap();
    println!("{} {}", file.is_same_object(&hard), file.is_same_object(directory));
    let both = |hash: MetadataHashValue| (hash.lower, hash.upper);
    let hash = |of: &Descriptor| both(of.metadata_hash().unwrap());
    println!("{} {}", hash(file) == hash(&hard), hash(file) == hash(directory));
    println!("{}", both(root.metadata_hash_at(FOLLOW, "soft").unwrap()) == hash(file));
    root.rename_at("hard", directory, "renamed").unwrap();

    let entries = directory.read_directory().unwrap();
    let mut names = Vec::new();
    while let Some(entry) = entries.read_directory_entry().unwrap() {
        names.push(format!("{} {:?}", entry.name, entry.type_));
    }
    names.sort();
    println!("{names:?}");
}

fn refusals(root: &Descriptor, directory: &Descriptor, file: &Descriptor) {
    let open = |how, flags| root.open_at(STAY, "d/f", how, flags).map(drop);
    let none = OpenFlags::empty();
    println!("{:?}", open(OpenFlags::DIRECTORY, READ));
    println!("{:?}", open(OpenFlags::DIRECTORY | OpenFlags::CREATE, READ));
    println!("{:?}", open(OpenFlags::CREATE | OpenFlags::EXCLUSIVE, READ));
    println!("{:?}", open(none, READ | DescriptorFlags::FILE_INTEGRITY_SYNC));
    println!("{:?}", root.open_at(STAY, "soft", none, READ).map(drop));
    println!("{:?}", root.open_at(FOLLOW, "soft", none, READ).map(drop));
    println!("{:?}", root.open_at(STAY, "d", none, READ | WRITE).map(drop));
    println!("{:?}", root.open_at(STAY, "../up", none, READ).map(drop));
    println!("{:?}", root.open_at(STAY, "/d", none, READ).map(drop));
    println!("{:?}", root.open_at(STAY, "absent", none, READ).map(drop));
    println!("{:?}", root.open_at(STAY, "", none, READ).map(drop));
    println!("{:?}", file.open_at(STAY, "x", none, READ).map(drop));
    println!("{:?} {:?}", directory.read_via_stream(0).map(drop), directory.write_via_stream(0).map(drop));
    println!("{:?} {:?}", directory.append_via_stream().map(drop), directory.read(1, 0).map(drop));
    println!("{:?} {:?}", directory.write(b"x", 0), directory.set_size(0));
    println!("{:?}", directory.advise(0, 0, Advice::Normal));
    println!("{:?} {:?}", file.read_directory().map(drop), file.stat_at(STAY, "x").map(drop));
    println!("{:?} {:?}", file.create_directory_at("x"), file.readlink_at("x"));
    println!("{:?} {:?}", root.readlink_at("d"), root.readlink_at("absent"));
    println!("{:?} {:?}", root.unlink_file_at("d"), root.unlink_file_at("absent"));
    println!("{:?} {:?}", root.remove_directory_at("d"), root.remove_directory_at("d/f"));
    println!("{:?}", root.link_at(FOLLOW, "soft", root, "other"));
    println!("{:?}", root.rename_at("d", directory, "inside"));
    println!("{:?} {:?}", root.symlink_at("/absolute", "bad"), root.symlink_at("x", "soft"));
    println!("{:?}", root.create_directory_at("d"));
    println!("{:?}", root.stat_at(STAY, &"y".repeat(1000)).map(drop));

    let read_only = root.open_at(STAY, "d/f", none, READ).unwrap();
    println!("{:?} {:?}", read_only.write(b"x", 0), read_only.set_size(1));
    let stream = read_only.write_via_stream(0).unwrap();
    println!("{:?}", stream.blocking_write_and_flush(b"x").map_err(told));
    println!("{:?}", stream.check_write().map_err(told));
    println!("{:?}", stream.blocking_write_and_flush(b"x").map_err(told));
    let write_only = root.open_at(STAY, "d/f", none, WRITE).unwrap();
    let stream = write_only.read_via_stream(0).unwrap();
    println!("{:?}", stream.blocking_read(1).map(text).map_err(told));
    println!("{:?}", stream.blocking_read(1).map(text).map_err(told));
    println!("{:?}", ErrorCode::Access);
}
