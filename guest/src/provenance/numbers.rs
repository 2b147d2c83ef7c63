//! Signed numbers as text: base 64 VLQ, as source maps have it (ECMA-426, "Base64 VLQ"). In: numbers, or text.
//! Out: the other. Not its job: what they mean.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bits of a digit that are part of the number.
const BITS: u32 = 5;
const MORE: u64 = 1 << BITS;

/// Appends a number. Between those of 63 bits and a sign.
pub fn push(number: i64, text: &mut String) {
    let mut left = number.unsigned_abs() << 1 | u64::from(number < 0);
    loop {
        let low = left % MORE;
        left /= MORE;
        let digit = if left == 0 { low } else { low | MORE };
        text.extend(DIGITS.get(digit as usize).map(|digit| char::from(*digit)));
        if left == 0 {
            return;
        }
    }
}

/// The numbers of a text, in order. None: it goes on with what is none, or with one that is not of 32 bits.
pub fn read(text: &str) -> impl Iterator<Item = Option<i64>> {
    let mut bytes = text.bytes();
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let first = bytes.next()?;
        let number = one(first, &mut bytes);
        ended = number.is_none();
        Some(number)
    })
}

fn one(first: u8, rest: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let mut number = 0u64;
    let mut byte = first;
    for shift in (0..=32).step_by(BITS as usize) {
        let digit = value(byte)?;
        number |= (digit % MORE) << shift;
        if digit < MORE {
            let size = (number >> 1) as i64;
            return Some(if number & 1 == 1 { size.checked_neg()? } else { size });
        }
        byte = rest.next()?;
    }
    None
}

fn value(byte: u8) -> Option<u64> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u64::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let edges = (0..32).flat_map(|bit| {
            let power = 1i64 << bit;
            [power - 1, power, power + 1, 1 - power, -power, -power - 1]
        });
        let numbers: Vec<i64> = edges.chain(-1000..1000).collect();
        let mut text = String::new();
        numbers.iter().for_each(|number| push(*number, &mut text));
        assert_eq!(read(&text).collect::<Option<Vec<_>>>(), Some(numbers));
    }

    #[test]
    fn they_are_those_of_source_maps() {
        // Worked out by hand: the sign is the lowest bit, the lowest five bits come first.
        for (number, text) in [(0, "A"), (1, "C"), (-1, "D"), (15, "e"), (16, "gB"), (-16, "hB"), (511, "+f")]
        {
            let mut written = String::new();
            push(number, &mut written);
            assert_eq!(written, text, "{number}");
        }
    }

    #[test]
    fn what_is_no_number_ends_them() {
        for text in ["_", "A_C", "g", "gggggggggA", "Ag"] {
            let last = read(text).last();
            assert_eq!(last, Some(None), "{text}");
        }
        assert_eq!(read("").next(), None);
    }
}
