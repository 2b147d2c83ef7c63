//! Which versions of a name are compatible. In: names of imports and exports. Out: `Track`, which those
//! that are compatible have in common, so that they are found by it. Not its job: which of them is meant.

use semver::Version;

/// What a name and those that are compatible with it have in common. As wac has it, whose
/// `are_semver_compatible` compares one name with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Track<'n> {
    /// Nothing else is compatible with this name.
    Alone(&'n str),
    /// The name up to the first number of its version that is not zero. No name itself: `a:b/c@1` may be one,
    /// with a `versionsuffix`.
    Versions(&'n str),
}

/// The track of a name. A version is compatible with those of its major number or, if that is zero, of its
/// minor one; a pre-release, a patch of `0.0` and what has no version are so with themselves only.
pub fn track(name: &str) -> Track<'_> {
    versions(name).map_or(Track::Alone(name), Track::Versions)
}

fn versions(name: &str) -> Option<&str> {
    let (before, text) = name.split_once('@')?;
    let version = Version::parse(text).ok()?;
    let numbers = match (version.major, version.minor) {
        _ if !version.pre.is_empty() => return None,
        (0, 0) => return None,
        (0, _) => 2,
        _ => 1,
    };
    let (dot, _) = text.match_indices('.').nth(numbers - 1)?;
    name.get(..before.len() + '@'.len_utf8() + dot)
}

#[cfg(test)]
mod tests {
    use super::track;
    use wac_graph::types::are_semver_compatible;

    #[test]
    fn tracks_are_equal_where_wac_takes_names_for_compatible() {
        let versions = [
            "",
            "@",
            "@0",
            "@1",
            "@1.0",
            "@0.0.0",
            "@0.0.1",
            "@0.1.0",
            "@0.1.1",
            "@0.2.0",
            "@0.2.0-rc.1",
            "@1.0.0",
            "@1.0.1",
            "@1.2.0",
            "@1.0.0-rc.1",
            "@1.0.0-rc.2",
            "@1.0.0+build",
            "@1.0.0+a.b",
            "@10.0.0",
            "@2.0.0",
            "@01.0.0",
            "@1.0.0@1.0.0",
            "@18446744073709551616.0.0",
            "@x",
        ];
        let names: Vec<String> = ["a:b/c", "a:b/d", "c", ""]
            .iter()
            .flat_map(|name| versions.iter().map(move |version| format!("{name}{version}")))
            .collect();
        for a in &names {
            for b in &names {
                assert_eq!(track(a) == track(b), are_semver_compatible(a, b), "{a} {b}");
            }
        }
    }
}
