//! Whatever is done to a valid file of any framework or tool, analyzing ends soon, without a panic, twice with one report.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::properties::{PIECES, text};
use super::support::project;
use super::valid::{COMMON, frameworks};

/// How long one analysis of such a small project may take, on a busy machine and without optimization.
const MAX_TIME: Duration = Duration::from_secs(20);

/// One change to a text.
#[derive(Debug, Clone)]
enum Change {
    /// Ends it here.
    Cut(Index),
    /// Takes a part out.
    Remove(Index, usize),
    /// Puts a piece in, so many times.
    Insert(Index, Vec<u8>, usize),
    /// Puts a part of it in once more, so many times.
    Repeat(Index, usize, usize),
    /// Puts the whole of it in here.
    Nest(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        8 => select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    let times = prop_oneof![8 => 1..4_usize, 1 => Just(3_000)];
    prop_oneof![
        2 => any::<Index>().prop_map(Change::Cut),
        3 => (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        4 => (any::<Index>(), piece, times).prop_map(|(at, piece, times)| Change::Insert(at, piece, times)),
        2 => (any::<Index>(), 1..60_usize, 1..200_usize).prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        1 => any::<Index>().prop_map(Change::Nest),
    ]
}

impl Change {
    fn apply(&self, text: &mut Vec<u8>) {
        let size = text.len();
        let place = |at: &Index| at.index(size + 1);
        let part = |at: &Index, length: usize| place(at)..(place(at) + length).min(size);
        let (at, new) = match self {
            Self::Cut(at) => return text.truncate(place(at)),
            Self::Remove(at, length) => {
                text.drain(part(at, *length));
                return;
            }
            Self::Insert(at, piece, times) => (place(at), piece.repeat(*times)),
            Self::Repeat(at, length, times) => (place(at), text[part(at, *length)].repeat(*times)),
            Self::Nest(at) => (place(at), text.clone()),
        };
        text.splice(at..at, new);
    }
}

/// The number of a framework, the file of it or of a tool that is spoiled, and the bytes in it.
fn spoiled() -> impl Strategy<Value = (usize, Index, Vec<Change>, Option<Vec<u8>>)> {
    let changes = prop::collection::vec(change(), 1..6);
    let bytes = prop_oneof![3 => Just(None), 1 => text().prop_map(Some)];
    (0..frameworks().count(), any::<Index>(), changes, bytes)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spoiled_file_is_survived((framework, chosen, changes, bytes) in spoiled()) {
        let (dependencies, own) = *frameworks().nth(framework).unwrap();
        let manifest = format!("{{ \"name\": \"app\", \"dependencies\": {{ {dependencies} }} }}");
        let mut files = vec![("package.json", manifest.as_str())];
        files.extend_from_slice(own);
        // A lockfile or a workspace's definition would hide another one, so of the tools' files there is but the one.
        let tools = COMMON.iter().copied();
        let all: Vec<_> = files.iter().copied().chain(tools).collect();
        let (name, valid) = all[chosen.index(all.len())];
        let bytes = bytes.unwrap_or_else(|| {
            let mut bytes = valid.as_bytes().to_vec();
            for change in &changes {
                change.apply(&mut bytes);
            }
            bytes
        });
        let project = project(&files);
        project.write(name, &bytes);
        let spoiled = || String::from_utf8_lossy(&bytes).into_owned();
        let started = Instant::now();
        let reports = [(); 2].map(|()| project.try_analyze("."));
        prop_assert!(started.elapsed() < MAX_TIME * 2, "{name} takes too long: {}", spoiled());
        let [first, second] = reports.map(|report| match report {
            Ok(analysis) => Ok(serde_json::to_string(&analysis).unwrap()),
            Err(error) => Err(error.code()),
        });
        prop_assert_eq!(&first, &second, "{} gives two reports: {}", name, spoiled());
        match first {
            Ok(json) => {
                let place = project.path().to_str().unwrap();
                prop_assert!(!json.contains(place), "{name}: {json}");
            }
            Err(code) => prop_assert!(name == "package.json" || name == "index.html", "{name}: {code}"),
        }
    }
}

/// Else the test above would spoil what nobody reads.
#[test]
fn what_is_spoiled_is_valid_before() {
    for (dependencies, own) in frameworks() {
        let manifest = format!("{{ \"dependencies\": {{ {dependencies} }} }}");
        let mut files = vec![("package.json", manifest.as_str())];
        files.extend_from_slice(own);
        let analysis = project(&files).analyze();
        let codes = super::support::codes(&analysis);
        for code in ["not_parsed", "unreadable_file"] {
            assert!(
                !codes.contains(&code),
                "{dependencies}: {:?}",
                analysis.findings
            );
        }
    }
}
