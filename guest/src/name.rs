//! Names of the input, shared: one name can be part of any number of paths, and is as long as the input
//! likes. In: names. Out: the same, each once for each place in the input that it comes from. Not its job:
//! what they name.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// A name. A clone of it takes no memory, and its hash no time.
#[derive(Clone)]
pub struct Name(Arc<Text>);

struct Text {
    hash: u64,
    text: Box<str>,
}

/// Names by where they are.
#[derive(Debug, Default)]
pub struct Names<'t>(HashMap<(*const u8, usize), Name>, PhantomData<&'t str>);

impl<'t> Names<'t> {
    /// The same name for each time that it is asked for one place.
    pub fn shared(&mut self, name: &'t str) -> Name {
        self.0.entry((name.as_ptr(), name.len())).or_insert_with(|| Name::from(name)).clone()
    }
}

/// The names with `separator` between them.
pub fn joined(path: &[Name], separator: &str) -> String {
    let names: Vec<&str> = path.iter().map(|name| &**name).collect();
    names.join(separator)
}

/// `text`, or as much of its end as has `most` bytes, with a sign that it is not all.
pub fn end(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let mut start = text.len().saturating_sub(most);
    while !text.is_char_boundary(start) {
        start = start.saturating_add(1);
    }
    Cow::Owned(format!("…{}", text.get(start..).unwrap_or_default()))
}

impl From<&str> for Name {
    fn from(name: &str) -> Name {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Name(Arc::new(Text { hash: hasher.finish(), text: name.into() }))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.hash == other.0.hash && **self == **other
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.text
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        Ok(Name::from(&*String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn of_a_long_name_the_end_is_kept() {
        assert_eq!(end("store", 5), "store");
        assert_eq!(end("a store", 5), "…store");
        assert_eq!(end("é€store", 7), "…store");
    }
}
