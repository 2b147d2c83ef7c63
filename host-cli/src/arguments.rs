//! The arguments that the native command adds to the common ones. In: text. Out: limits, and which fuser to
//! run. Not its job: enforcing them.

use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Options for the fuser inside")]
pub struct HostArguments {
    /// How much memory the fuser and its result may take, and the inputs together
    ///
    /// A number of bytes, or a number with KiB, MiB or GiB. The fuser is a 32-bit program, and
    /// takes no more than 4GiB itself.
    #[arg(long, global = true, value_name = "SIZE", default_value = "2GiB", value_parser = size)]
    pub max_memory: u64,

    /// How long the fuser may take, from its start to its result
    ///
    /// A number of seconds, or a number with ms, s, m or h.
    #[arg(long, global = true, value_name = "TIME", default_value = "5m", value_parser = duration)]
    pub timeout: Duration,

    /// Run this build of meld.wasm instead of the one inside
    #[arg(long, global = true, value_name = "FILE")]
    pub fuser: Option<PathBuf>,
}

fn size(text: &str) -> Result<u64, String> {
    let units = [("", 0), ("B", 0), ("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let (number, unit) = parts(text);
    let shift = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, shift)| *shift);
    let bytes = number.zip(shift).and_then(|(number, shift)| number.checked_mul(1 << shift));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "a size is 1 or more, in bytes or as in 512MiB or 2GiB".to_string())
}

fn duration(text: &str) -> Result<Duration, String> {
    let units = [("", 1000), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
    let (number, unit) = parts(text);
    let factor = units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    let milliseconds = number.zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    let time = milliseconds.filter(|time| *time > 0).map(Duration::from_millis);
    time.ok_or_else(|| "a time is 1 or more, in seconds or as in 500ms, 30s or 5m".to_string())
}

/// A number, and the unit that follows it.
fn parts(text: &str) -> (Option<u64>, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number.parse().ok(), unit.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("1024"), Ok(1024));
        assert_eq!(size("512MiB"), Ok(512 << 20));
        assert_eq!(size("2 gib"), Ok(2 << 30));
        for wrong in
            ["", "0", "MiB", "-1", "1.5GiB", "1TB", "99999999999999999999", "18446744073709551615GiB"]
        {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "0", "s", "5 days", "18446744073709551615h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
