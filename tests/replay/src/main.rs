//! `replay FILES…`: runs `.wast` scripts with every component in them fused (the library beside this),
//! and tells of each that does not hold. In: paths of scripts. Out: a line for each of these, and one
//! that counts; exit code 1 if meld is wrong somewhere.

use meld_replay::{Replayed, Verdict, replay};
use std::process::ExitCode;

#[derive(Default)]
struct Counts {
    held: usize,
    wrong: usize,
    refused: usize,
    crashed: usize,
    not_run: usize,
    invalid: usize,
    accepted: usize,
    unread: usize,
}

fn main() -> ExitCode {
    let mut counts = Counts::default();
    for path in std::env::args().skip(1) {
        let script = match std::fs::read_to_string(&path) {
            Ok(script) => script,
            Err(error) => {
                println!("{path}: cannot be read: {error}");
                counts.unread += 1;
                continue;
            }
        };
        match replay(&path, &script) {
            Ok(found) => found.iter().for_each(|replayed| counts.add(&path, replayed)),
            Err(error) => {
                println!("{path}: does not parse: {error}");
                counts.unread += 1;
            }
        }
    }
    let Counts { held, wrong, refused, crashed, not_run, invalid, accepted, unread } = counts;
    println!(
        "{} definitions: {held} held, {wrong} wrong, {refused} refused, {crashed} crashed, {not_run} not run \
         by the engine; {} invalid ones: {invalid} refused, {accepted} accepted; {unread} files not read",
        held + wrong + refused + crashed + not_run,
        invalid + accepted,
    );
    if wrong + crashed + accepted + unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Counts {
    fn add(&mut self, path: &str, replayed: &Replayed) {
        let (count, word, why) = match &replayed.verdict {
            Verdict::Held => (&mut self.held, "", ""),
            Verdict::Wrong(why) => (&mut self.wrong, "wrong", why.as_str()),
            Verdict::Refused(why) => (&mut self.refused, "refused", why.as_str()),
            Verdict::Crashed(why) => (&mut self.crashed, "crashed", why.as_str()),
            Verdict::NotRun(why) => (&mut self.not_run, "not run", why.as_str()),
            Verdict::Invalid => (&mut self.invalid, "", ""),
            Verdict::Accepted => (&mut self.accepted, "accepted", "it is not valid"),
        };
        *count += 1;
        if !word.is_empty() {
            println!("{path}:{}: {word}: {why}", replayed.line);
        }
    }
}
