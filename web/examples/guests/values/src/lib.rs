//! A component that exports `example:values/values`: a function for most types of values.

use exports::example::values::values::{Access, Figure, Guest, Person, Point, Weekday};

wit_bindgen::generate!({ path: "../wit/values.wit", world: "all-kinds" });

struct Values;

impl Guest for Values {
    fn next(day: Weekday) -> Weekday {
        match day {
            Weekday::Monday => Weekday::Tuesday,
            Weekday::Tuesday => Weekday::Wednesday,
            Weekday::Wednesday => Weekday::Thursday,
            Weekday::Thursday => Weekday::Friday,
            Weekday::Friday => Weekday::Saturday,
            Weekday::Saturday => Weekday::Sunday,
            Weekday::Sunday => Weekday::Monday,
        }
    }

    fn invert(access: Access) -> Access {
        !access
    }

    fn area(figure: Figure) -> Option<f32> {
        match figure {
            Figure::Nothing => None,
            Figure::Circle(radius) => Some(std::f32::consts::PI * radius * radius),
            Figure::Polygon(points) => Some(polygon_area(&points)),
        }
    }

    fn introduce(person: Person) -> String {
        let born = person.born.map_or(String::new(), |year| format!(", born in {year}"));
        let figures = person.figures.len();
        format!("{} ({}){born}: {figures} figures, {:?}", person.name, person.initial, person.access)
    }

    fn divide(a: i64, by: i64) -> Result<(i64, i64), String> {
        let quotient = a.checked_div(by).ok_or_else(|| format!("{a} cannot be divided by {by}"))?;
        Ok((quotient, a - quotient * by))
    }

    fn largest(among: Vec<u64>) -> Option<u64> {
        among.into_iter().max()
    }

    fn reverse(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.reverse();
        bytes
    }

    fn settle(answer: Option<Option<bool>>) -> String {
        String::from(match answer {
            None => "not asked",
            Some(None) => "asked, and no answer",
            Some(Some(true)) => "yes",
            Some(Some(false)) => "no",
        })
    }

    fn fail() {
        panic!("as asked")
    }
}

/// Half the sum of what the edges' end points span.
fn polygon_area(points: &[Point]) -> f32 {
    let next = points.iter().cycle().skip(1);
    let spans = points.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y);
    spans.sum::<f32>().abs() / 2.0
}

export!(Values);
