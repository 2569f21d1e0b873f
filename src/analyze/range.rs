//! Versions and ranges of packages: which major version they mean, and how much of them may be told.

/// How a range that names a place is told: by the kind of place only, for the rest may hold credentials or a path.
const PLACES: [(&str, &[&str]); 3] = [
    (
        "git",
        &[
            "git:",
            "git+",
            "git@",
            "ssh:",
            "github:",
            "gitlab:",
            "bitbucket:",
            "gist:",
        ],
    ),
    (
        "file",
        &[
            "file:", "link:", "portal:", "patch:", "exec:", ".", "/", "~/",
        ],
    ),
    ("url", &["http:", "https:"]),
];

/// One condition of a range.
#[derive(Debug, Clone, Copy)]
struct Comparator<'r> {
    operator: &'r str,
    major: u32,
    /// Whether minor and patch are zero or not given.
    is_start: bool,
}

/// `text` when it is one full version: `1.2.3`, `1.2.3-rc.1`. <https://semver.org>
pub(super) fn version(text: &str) -> Option<&str> {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let is_full = numbers.split('.').count() == 3 && numbers.split('.').all(is_number);
    (is_full && text.chars().all(is_plain)).then_some(text)
}

/// The one version that `range` allows, if it is one.
pub(super) fn exact(range: &str) -> Option<&str> {
    version(range.strip_prefix('=').unwrap_or(range))
}

/// The major version that `range` (or a version) means; none when it allows several, or says nothing of one.
/// <https://docs.npmjs.com/cli/v11/using-npm/semver>
pub(super) fn major(range: &str) -> Option<u32> {
    let range = range.trim();
    let range = match range.strip_prefix("npm:") {
        Some(alias) => alias.rsplit_once('@').map_or(alias, |(_, range)| range),
        None => range.strip_prefix("workspace:").unwrap_or(range),
    };
    let mut majors = range.split("||").map(major_of_all);
    let first = majors.next()??;
    majors.all(|major| major == Some(first)).then_some(first)
}

/// The version a range starts from, when it allows no other minor version: `(13, 2)` of `13.2.4` and `~13.2.0`.
pub(super) fn minor(range: &str) -> Option<(u32, u32)> {
    let plain = exact(range).or_else(|| version(range.strip_prefix('~')?))?;
    let mut numbers = plain.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// `range` as the report may show it: ranges, tags and protocols of package managers; of places only their kind.
/// <https://docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies>
pub(super) fn shown(range: &str) -> Option<String> {
    let range = range.trim();
    let has_place = |(_, starts): &&(&str, &[&str])| starts.iter().any(|s| range.starts_with(s));
    if let Some((kind, _)) = PLACES.iter().find(has_place) {
        let is_git = range.strip_suffix(".git").is_some() || range.contains(".git#");
        return Some(if is_git { "git" } else { kind }.to_owned());
    }
    if let Some(rest) = range.strip_prefix("workspace:") {
        let is_named = is_alias(rest) || is_range(rest);
        return Some(if is_named { range } else { "workspace:" }.to_owned());
    }
    if let Some(rest) = range.strip_prefix("catalog:") {
        let is_named = rest.is_empty() || is_tag(rest);
        return Some(if is_named { range } else { "catalog:" }.to_owned());
    }
    if let Some(rest) = range.strip_prefix("npm:") {
        return (is_alias(rest) || is_range(rest)).then(|| range.to_owned());
    }
    if is_range(range) || is_tag(range) {
        return Some(range.to_owned());
    }
    // `owner/name` is short for a repository on GitHub.
    let is_repository = range.contains('/') && !range.contains(':');
    is_repository.then(|| "git".to_owned())
}

/// `name@range`.
fn is_alias(text: &str) -> bool {
    let is_name = |name: &str| {
        let name = name.strip_prefix('@').unwrap_or(name);
        let parts = name.split('/').count();
        parts <= 2 && name.split('/').all(is_tag)
    };
    match text.rsplit_once('@') {
        Some((name, range)) if !name.is_empty() => {
            is_name(name) && (is_range(range) || is_tag(range))
        }
        _ => is_name(text),
    }
}

/// A distribution tag, or a part of a package's name.
fn is_tag(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_plain)
}

/// A range of versions: alternatives of comparators.
fn is_range(text: &str) -> bool {
    let is_comparator = |word: &str| {
        let word = word.trim_start_matches(['^', '~', '<', '>', '=', 'v']);
        let numbers = word.split(['-', '+']).next().unwrap_or_default();
        let is_part = |part: &str| {
            matches!(part, "x" | "X" | "*") || part.bytes().all(|b| b.is_ascii_digit())
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '*');
        numbers.split('.').count() <= 3
            && numbers.split('.').all(is_part)
            && word.chars().all(is_plain)
    };
    text.split("||")
        .flat_map(str::split_whitespace)
        .all(is_comparator)
}

/// The one major version that all of these comparators together leave.
fn major_of_all(comparators: &str) -> Option<u32> {
    let spaced = comparators.replace(" - ", " <=");
    let mut words: Vec<String> = Vec::new();
    for word in spaced.split_whitespace() {
        match words.last_mut() {
            Some(last) if last.ends_with(['<', '>', '=', '^', '~']) => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    if comparators.contains(" - ")
        && let Some(first) = words.first_mut()
    {
        first.insert_str(0, ">=");
    }
    let all: Option<Vec<_>> = words.iter().map(|word| comparator(word)).collect();
    let all = all?;
    let lower = all.iter().find(|one| one.operator.starts_with('>'));
    let upper = all.iter().find(|one| one.operator.starts_with('<'));
    if let Some(one) = all.iter().find(|one| !one.operator.contains(['<', '>'])) {
        return Some(one.major);
    }
    let (lower, upper) = (lower?, upper?);
    let last = match upper.operator {
        "<" if upper.is_start => upper.major.checked_sub(1)?,
        _ => upper.major,
    };
    (lower.major == last).then_some(last)
}

/// Reads `^15.1.0`, `15.x`, `>=15`.
fn comparator(word: &str) -> Option<Comparator<'_>> {
    let version = word.trim_start_matches(['^', '~', '<', '>', '=']);
    let operator = word.strip_suffix(version)?;
    let version = version.strip_prefix('v').unwrap_or(version);
    let mut numbers = version.split(['-', '+']).next()?.split('.');
    let major = numbers.next()?.parse().ok()?;
    let rest: Vec<&str> = numbers.collect();
    Some(Comparator {
        operator,
        major,
        is_start: rest.iter().all(|part| matches!(*part, "0" | "x" | "*")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_range_with_one_major_version_has_it() {
        for range in [
            "15",
            "v15.1.0",
            "15.x",
            "^15.1.0",
            "~15.1",
            "=15.0.0",
            "15.0.0-rc.1",
            ">=15 <16",
            ">= 15.1.0 < 16.0.0",
            "15.0.0 - 15.9.9",
            "^15.0.0 || ~15.4.0",
            "npm:next@^15.0.0",
            "npm:@scope/next@15.0.0",
            "workspace:^15.0.0",
            ">=15.0.0 <=15.9.0",
        ] {
            assert_eq!(major(range), Some(15), "{range}");
        }
        for range in [
            "",
            "*",
            "x",
            "latest",
            ">=12",
            ">12.0.0",
            "<16",
            "^14.0.0 || ^15.0.0",
            ">=14 <16",
            "14.0.0 - 15.0.0",
            "workspace:*",
            "catalog:",
            "file:../next-15",
            "https://x/15.tgz",
            "github:a/b#15",
            "^15.0.0 || latest",
        ] {
            assert_eq!(major(range), None, "{range}");
        }
    }

    #[test]
    fn of_a_place_only_its_kind_is_shown() {
        for same in [
            "^15.1.0",
            "15",
            "1.2.3-rc.1+build.5",
            ">=14 <16 || 15.x",
            "*",
            "latest",
            "next-15",
            "workspace:*",
            "workspace:^1.0.0",
            "catalog:",
            "catalog:react19",
            "npm:next@^15.0.0",
            "npm:@a/next@canary",
        ] {
            assert_eq!(shown(same).as_deref(), Some(same), "{same}");
        }
        for (range, kind) in [
            ("git+https://user:secret@host/next.git", Some("git")),
            ("git@host:owner/next.git", Some("git")),
            ("ssh://git@host/next", Some("git")),
            ("github:owner/next#secret", Some("git")),
            ("owner/next", Some("git")),
            ("https://user:secret@host/next.git#main", Some("git")),
            ("https://user:secret@host/next.tgz", Some("url")),
            ("file:/home/me/next", Some("file")),
            ("link:../next", Some("file")),
            ("portal:/home/me/next", Some("file")),
            ("../next", Some("file")),
            ("/home/me/next", Some("file")),
            ("~/next", Some("file")),
            ("workspace:../secret", Some("workspace:")),
            ("catalog:a b", Some("catalog:")),
            ("npm:https://secret", None),
            ("C:\\Users\\me", None),
            ("secret://token", None),
        ] {
            assert_eq!(shown(range).as_deref(), kind, "{range}");
        }
    }

    #[test]
    fn only_one_version_is_exact() {
        for range in ["1.2.3", "=1.2.3", "13.3.2-canary.13"] {
            assert!(exact(range).is_some(), "{range}");
        }
        for range in [
            "^1.2.3",
            "1.2",
            "1.2.3 - 2.0.0",
            "*",
            "",
            "latest",
            "workspace:*",
            "1.x.0",
            "1.2.3-a/b",
            "1.2.3-a@b",
        ] {
            assert_eq!(exact(range), None, "{range}");
        }
        assert_eq!(minor("13.2.4-canary.1"), Some((13, 2)));
        assert_eq!(minor("~13.2.4"), Some((13, 2)));
        assert_eq!(minor("^13.2.4"), None);
    }
}
