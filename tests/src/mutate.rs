//! Spoils components. In: a component, a generator of numbers. Out: one that is almost the same, mostly
//! with its sections still in their frames, so that what is spoiled is read and not just refused. Not
//! its job: what is made of it.

use crate::random::Random;

/// The header of a module or a component, and its sections.
#[derive(Clone)]
struct Tree {
    header: Vec<u8>,
    sections: Vec<Section>,
    /// What follows that is no section.
    rest: Vec<u8>,
}

#[derive(Clone)]
struct Section {
    id: u8,
    body: Body,
}

#[derive(Clone)]
enum Body {
    Leaf(Vec<u8>),
    Nested(Tree),
}

/// Header, and the ids of the sections that hold a module or a component.
const HEADER: usize = 8;
const NESTED: [u8; 2] = [1, 4];

/// One to five changes; `other` is where foreign parts come from.
pub fn mutant(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    if random.below(4) == 0 {
        let mut bytes = bytes.to_vec();
        for _ in 0..changes(random) {
            change(&mut bytes, other, random);
        }
        return bytes;
    }
    let mut tree = parse(bytes);
    let other = parse(other);
    for _ in 0..changes(random) {
        change_tree(&mut tree, &other, random);
    }
    encode(&tree)
}

/// Mostly one: the more, the sooner it is refused.
fn changes(random: &mut Random) -> usize {
    [1, 1, 1, 1, 2, 5][random.below(6)]
}

/// The lengths at which a component ends with a section, or with one that is inside of it.
pub fn boundaries(bytes: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    walk_boundaries(bytes, 0, &mut found);
    found
}

fn walk_boundaries(bytes: &[u8], start: usize, found: &mut Vec<usize>) {
    let component = is_component(bytes);
    let mut at = HEADER.min(bytes.len());
    found.push(start + at);
    while let Some((id, body)) = section(bytes, at) {
        found.push(start + body.start);
        if component && NESTED.contains(&id) {
            walk_boundaries(&bytes[body.clone()], start + body.start, found);
        }
        found.push(start + body.end);
        at = body.end;
    }
}

fn is_component(bytes: &[u8]) -> bool {
    bytes.get(..HEADER).is_some_and(|header| header[6] == 1)
}

/// The section that begins here: its id, and where its body is.
fn section(bytes: &[u8], at: usize) -> Option<(u8, std::ops::Range<usize>)> {
    let id = *bytes.get(at)?;
    let (mut size, mut shift, mut next) = (0u64, 0, at + 1);
    loop {
        let byte = *bytes.get(next)?;
        next += 1;
        size |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            break;
        }
        if shift > 28 {
            return None;
        }
    }
    let end = next.checked_add(usize::try_from(size).ok()?)?;
    (end <= bytes.len()).then_some((id, next..end))
}

fn parse(bytes: &[u8]) -> Tree {
    let component = is_component(bytes);
    let mut at = HEADER.min(bytes.len());
    let mut tree = Tree { header: bytes[..at].to_vec(), sections: Vec::new(), rest: Vec::new() };
    while let Some((id, body)) = section(bytes, at) {
        at = body.end;
        let body = &bytes[body];
        let body = match component && NESTED.contains(&id) {
            true => Body::Nested(parse(body)),
            false => Body::Leaf(body.to_vec()),
        };
        tree.sections.push(Section { id, body });
    }
    tree.rest = bytes[at..].to_vec();
    tree
}

fn encode(tree: &Tree) -> Vec<u8> {
    let mut bytes = tree.header.clone();
    for section in &tree.sections {
        let nested;
        let body = match &section.body {
            Body::Leaf(bytes) => bytes,
            Body::Nested(tree) => {
                nested = encode(tree);
                &nested
            }
        };
        bytes.push(section.id);
        leb(&mut bytes, body.len() as u64);
        bytes.extend_from_slice(body);
    }
    bytes.extend_from_slice(&tree.rest);
    bytes
}

fn leb(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn change_tree(tree: &mut Tree, other: &Tree, random: &mut Random) {
    if tree.sections.is_empty() {
        return tree.sections.extend(some_section(other, random));
    }
    let at = random.below(tree.sections.len());
    match random.below(30) {
        0 => drop(tree.sections.remove(at)),
        1 => {
            let to = random.below(tree.sections.len());
            tree.sections.swap(at, to);
        }
        2 => {
            let twice = tree.sections[at].clone();
            tree.sections.insert(at, twice);
        }
        3 => {
            if let Some(section) = some_section(other, random) {
                tree.sections.insert(at, section);
            }
        }
        4 => tree.sections[at].id = random.below(13) as u8,
        _ => match &mut tree.sections[at].body {
            Body::Nested(tree) => change_tree(tree, other, random),
            Body::Leaf(bytes) => {
                let foreign = match some_section(other, random) {
                    Some(Section { body: Body::Leaf(bytes), .. }) => bytes,
                    _ => Vec::new(),
                };
                change(bytes, &foreign, random);
            }
        },
    }
}

fn some_section(tree: &Tree, random: &mut Random) -> Option<Section> {
    let section = tree.sections.get(random.below(tree.sections.len().max(1)))?;
    match &section.body {
        Body::Nested(tree) if random.below(2) == 0 => some_section(tree, random),
        _ => Some(section.clone()),
    }
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    if bytes.is_empty() {
        return bytes.push(random.bits() as u8);
    }
    let at = random.below(bytes.len());
    let length = random.below(16).min(bytes.len() - at);
    match random.below(10) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.bits() as u8,
        // Mostly an index: that of the neighbour.
        2 => bytes[at] = bytes[at].wrapping_add(1),
        3 => bytes[at] = bytes[at].wrapping_sub(1),
        4 => drop(bytes.remove(at)),
        5 => bytes.insert(at, [0, 1, 0x7f, 0x80, 0xff][random.below(5)]),
        6 => drop(bytes.drain(at..at + length)),
        7 => {
            let piece = bytes[at..at + length].to_vec();
            let to = random.below(bytes.len());
            bytes.splice(to..to, piece);
        }
        8 if !other.is_empty() => {
            let from = random.below(other.len());
            let piece = other[from..other.len().min(from + 1 + random.below(32))].to_vec();
            bytes.splice(at..at, piece);
        }
        _ => {
            let huge = [u64::from(u32::MAX), 1 << 31, 0xffff, 128, 1 << 35][random.below(5)];
            let mut number = Vec::new();
            leb(&mut number, huge);
            bytes.splice(at..=at, number);
        }
    }
}
