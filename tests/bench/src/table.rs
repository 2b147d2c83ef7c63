//! Tables in Markdown, and how figures are written. In: cells. Out: text. Not its job: what is in them.

/// A table; the first column is on the left, figures on the right.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let pad = |(i, (cell, width)): (usize, (&String, &usize))| {
            let space = " ".repeat(width.saturating_sub(cell.chars().count()));
            if i == 0 { format!(" {cell}{space} |") } else { format!(" {space}{cell} |") }
        };
        format!("|{}\n", cells.iter().zip(&widths).enumerate().map(pad).collect::<String>())
    };
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    let rule =
        |(i, width): (usize, &usize)| format!("{}{}|", "-".repeat(width + 1), if i == 0 { "-" } else { ":" });
    let rule: String = widths.iter().enumerate().map(rule).collect();
    format!("{}|{rule}\n{}", line(&head), rows.iter().map(|row| line(row)).collect::<String>())
}

/// Three digits that count, and below one three after the point: near a bound it must be seen on which side
/// a ratio is.
fn digits(value: f64) -> String {
    match value {
        v if v >= 100.0 => thousands(v.round() as u64),
        v if v >= 9.995 => format!("{v:.1}"),
        v if v >= 0.9995 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

/// A time, given in nanoseconds.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        t if t < 1e3 => format!("{} ns", digits(t)),
        t if t < 1e6 => format!("{} µs", digits(t / 1e3)),
        t if t < 1e9 => format!("{} ms", digits(t / 1e6)),
        t => format!("{} s", digits(t / 1e9)),
    }
}

pub fn ratio(value: f64) -> String {
    digits(value)
}

/// A size, given in bytes.
pub fn size(bytes: u64) -> String {
    match bytes {
        b if b < 1_000_000 => format!("{} kB", digits(b as f64 / 1e3)),
        b => format!("{} MB", digits(b as f64 / 1e6)),
    }
}

fn thousands(value: u64) -> String {
    let text = value.to_string();
    let group = |(i, c): (usize, char)| {
        let separator = (i > 0 && (text.len() - i).is_multiple_of(3)).then_some(',');
        separator.into_iter().chain([c])
    };
    text.chars().enumerate().flat_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let shown = [0.1234, 1.234, 12.34, 123.4, 12_345.6].map(|t| time(t * 1e3));
        assert_eq!(shown, ["123 ns", "1.23 µs", "12.3 µs", "123 µs", "12.3 ms"]);
        assert_eq!([999, 1_000, 12_345_678].map(size), ["0.999 kB", "1.00 kB", "12.3 MB"]);
        assert_eq!(
            [0.0304, 0.999, 1.0, 12.3, 12_345.6].map(ratio),
            ["0.030", "0.999", "1.00", "12.3", "12,346"]
        );
    }

    #[test]
    fn columns_line_up() {
        let rows = [vec!["a".to_string(), "12 µs".to_string()], vec!["long".to_string(), "1".to_string()]];
        let expected = "|      |     x |\n|------|------:|\n| a    | 12 µs |\n| long |     1 |\n";
        assert_eq!(table(&["", "x"], &rows), expected);
    }
}
