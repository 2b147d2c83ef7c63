//! `replay FILES…`: runs `.wast` scripts with every component in them fused (the library beside this),
//! and tells of each that does not hold. In: paths of scripts. Out: a line for each of these, a table
//! with a line for each script, and a line that counts; exit code 1 if meld is wrong somewhere.

use meld_replay::{Replayed, Verdict, replay};
use std::ops::AddAssign;
use std::process::ExitCode;

#[derive(Default, Clone, Copy)]
struct Counts {
    held: usize,
    /// Of those that held: the original did not.
    only_fused: usize,
    wrong: usize,
    refused: usize,
    crashed: usize,
    not_run: usize,
    invalid: usize,
    accepted: usize,
}

fn main() -> ExitCode {
    let mut rows = Vec::new();
    let mut unread = 0;
    for path in std::env::args().skip(1) {
        let script = std::fs::read_to_string(&path).map_err(|e| format!("cannot be read: {e}"));
        let replayed =
            script.and_then(|script| replay(&path, &script).map_err(|e| format!("does not parse: {e}")));
        match replayed {
            Ok(found) => {
                let mut counts = Counts::default();
                found.iter().for_each(|replayed| counts.add(&path, replayed));
                rows.push((path, counts));
            }
            Err(error) => {
                println!("{path}: {error}");
                unread += 1;
            }
        }
    }
    let mut all = Counts::default();
    println!(
        "{:>5} {:>5} {:>7} {:>7} {:>7}   {:>7} {:>8}",
        "held", "wrong", "refused", "crashed", "not run", "invalid", "accepted"
    );
    for (path, counts) in &rows {
        let Counts { held, wrong, refused, crashed, not_run, invalid, accepted, .. } = counts;
        println!(
            "{held:>5} {wrong:>5} {refused:>7} {crashed:>7} {not_run:>7}   {invalid:>7} {accepted:>8}   {path}"
        );
        all += *counts;
    }
    let Counts { held, only_fused, wrong, refused, crashed, not_run, invalid, accepted } = all;
    println!(
        "{} definitions: {held} held ({only_fused} of them only fused), {wrong} wrong, {refused} refused, {crashed} \
         crashed, {not_run} not run by the engine; {} invalid ones: {invalid} refused, {accepted} accepted; {unread} \
         files not read",
        held + wrong + refused + crashed + not_run,
        invalid + accepted,
    );
    if wrong + crashed + accepted + unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Counts {
    fn add(&mut self, path: &str, replayed: &Replayed) {
        let (count, word, why) = match &replayed.verdict {
            Verdict::Held => (&mut self.held, "", ""),
            Verdict::OnlyFused(why) => {
                self.only_fused += 1;
                (&mut self.held, "held, but not by the original", why.as_str())
            }
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

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.held += other.held;
        self.only_fused += other.only_fused;
        self.wrong += other.wrong;
        self.refused += other.refused;
        self.crashed += other.crashed;
        self.not_run += other.not_run;
        self.invalid += other.invalid;
        self.accepted += other.accepted;
    }
}
