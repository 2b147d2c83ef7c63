//! `generated [--seed N] [--count N] [--more N] [--case HEX] [--text]`: checks random compositions
//! (`meld_tests::generated`), one for each seed from N on, or the one that these bytes decide on. Out:
//! what was seen, or a failure, shrunk; with `--text` only the composition itself.

use anyhow::{Context, Result, bail};
use meld_tests::generated::{self, Seen, campaign};

/// Seeds between two lines of output.
const STEP: u64 = 1000;

fn main() -> Result<()> {
    let (mut first, mut count, mut more, mut case, mut text) = (1, STEP, 0, None, false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number =
            || args.next().context("a number is missing")?.parse::<u64>().context("not a number");
        match arg.as_str() {
            "--seed" => first = number()?,
            "--count" => count = number()?,
            "--more" => more = number()?,
            "--case" => case = Some(from_hex(&args.next().context("bytes are missing")?)?),
            "--text" => text = true,
            other => bail!("unknown: {other}"),
        }
    }
    if text {
        print!("{}", generated::text(&case.unwrap_or_else(|| generated::bytes(first)))?);
        return Ok(());
    }
    if let Some(case) = case {
        println!("{:?}", generated::check(&case, more)?);
        return Ok(());
    }
    let mut seen = Seen::default();
    let mut seed = first;
    while seed < first + count {
        let end = (seed + STEP).min(first + count);
        seen += campaign(seed..end, more).map_err(anyhow::Error::msg)?;
        println!("seeds {first} to {}: {seen:?}", end - 1);
        seed = end;
    }
    Ok(())
}

fn from_hex(text: &str) -> Result<Vec<u8>> {
    let digits: Vec<u32> =
        text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>().context("not hexadecimal")?;
    Ok(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit) as u8).collect())
}
