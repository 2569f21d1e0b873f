//! The one pass over a project's files: it walks, and reads at the same time, on all threads, those that can say something.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::css::{self, Dialect};
use super::facts::Facts;
use super::findings::Findings;
use super::frameworks::Reader;
use super::report::Scanned;
use super::secondary::is_secondary;
use super::text::{self, MAX_SOURCE};
use super::walk::{SourceFile, Walk};
use super::{Progress, parse};

/// How many files a thread takes from the walk at a time: the walk waits for nobody, and nobody waits long for it.
const BATCH: usize = 16;

/// What the files told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// All source files, sorted by path.
    pub(super) files: Vec<SourceFile>,
    /// What those say that were read, by path.
    pub(super) facts: BTreeMap<String, Facts>,
    /// How many there are, without the time.
    pub(super) scanned: Scanned,
}

/// What became of one file.
enum Outcome {
    /// Read: what it says, how many bytes it has, and whether the script of a component could be parsed.
    Read(Facts, u64, Result<(), parse::NotParsed>),
    /// It has nothing to say to `reader`.
    NotWanted,
    Large,
    Unreadable,
    NotParsed,
    /// The time was over.
    LeftOut,
}

impl Outcome {
    /// The same for a file that is looked at again through a link: its components are counted where it is.
    fn repeated(mut self) -> Self {
        if let Self::Read(facts, _, _) = &mut self {
            match facts {
                Facts::Script(script) => script.components = 0,
                Facts::Component(component) => component.script.components = 0,
                Facts::Style(_) => {}
            }
        }
        self
    }
}

/// Reads what `walk` finds, as far as it concerns `reader`.
pub(super) fn read(
    mut walk: Walk<'_>,
    reader: &Reader,
    progress: &dyn Progress,
    findings: &mut Findings,
) -> Told {
    let (root, deadline) = (walk.root(), walk.deadline());
    let look = |file: SourceFile| {
        let path = root.join(&file.path);
        let outcome = if !tells(&file, reader) {
            if is_large(&path) {
                Outcome::Large
            } else {
                Outcome::NotWanted
            }
        } else if deadline.is_over() {
            Outcome::LeftOut
        } else {
            read_file(&path, &file)
        };
        let outcome = if file.is_repeated {
            outcome.repeated()
        } else {
            outcome
        };
        progress.advanced(1);
        (file, outcome)
    };
    let batches = std::iter::from_fn(|| {
        let batch: Vec<SourceFile> = walk.by_ref().take(BATCH).collect();
        (!batch.is_empty()).then_some(batch)
    });
    let batches = batches.par_bridge();
    let mut looked: Vec<_> = batches
        .flat_map_iter(|batch| batch.into_iter().map(&look))
        .collect();
    looked.par_sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let mut told = Told::default();
    told.scanned.skipped = walk.finish(findings);
    let (mut large, mut unreadable, mut not_parsed) = (Vec::new(), Vec::new(), Vec::new());
    for (file, outcome) in looked {
        let mut skipped = 1;
        match outcome {
            Outcome::Read(facts, bytes, parsed) => {
                told.scanned.files = told.scanned.files.saturating_add(1);
                told.scanned.bytes = told.scanned.bytes.saturating_add(bytes);
                told.facts.insert(file.path.clone(), facts);
                not_parsed.extend(parsed.is_err().then(|| file.path.clone()));
                skipped = 0;
            }
            Outcome::NotWanted => skipped = 0,
            Outcome::Large => large.push(file.path.clone()),
            Outcome::Unreadable => unreadable.push(file.path.clone()),
            Outcome::NotParsed => not_parsed.push(file.path.clone()),
            Outcome::LeftOut => deadline.leave_out(),
        }
        told.scanned.skipped = told.scanned.skipped.saturating_add(skipped);
        told.files.push(file);
    }
    let is_source = |path: &String| !(reader.configures)(path);
    unreadable.retain(is_source);
    not_parsed.retain(is_source);
    findings.warn_of("file_too_large", "larger than 1 MiB", &large);
    findings.warn_of("unreadable_file", "cannot be read as text", &unreadable);
    findings.warn_of(
        "not_parsed",
        "no valid syntax, or more brackets or tokens than are parsed",
        &not_parsed,
    );
    told
}

/// Whether `file` can say something to `reader`.
fn tells(file: &SourceFile, reader: &Reader) -> bool {
    let extension = file.extension();
    let is_asset = file.path.starts_with("public/");
    let by_itself =
        is_style(extension) || parse::may_hold_jsx(extension) || parse::is_component(extension);
    let may_be_wanted = parse::is_script(extension) || parse::is_document(extension);
    let is_wanted = || may_be_wanted && (reader.wants)(&file.path);
    !is_secondary(&file.path) && ((by_itself && !is_asset) || is_wanted())
}

fn read_file(path: &Path, file: &SourceFile) -> Outcome {
    let Ok(Some(text)) = text::read(path, MAX_SOURCE) else {
        return if is_large(path) {
            Outcome::Large
        } else {
            Outcome::Unreadable
        };
    };
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if is_style(file.extension()) {
        let style = css::read(&text, Dialect::of(&file.path));
        return Outcome::Read(Facts::Style(style), bytes, Ok(()));
    }
    if let Some((component, parsed)) = parse::component(&file.path, &text) {
        let facts = Facts::Component(Box::new(component));
        return Outcome::Read(facts, bytes, parsed);
    }
    if parse::is_document(file.extension()) {
        let facts = Facts::Component(Box::new(parse::document(&text)));
        return Outcome::Read(facts, bytes, Ok(()));
    }
    match parse::script(&file.path, &text) {
        Ok(script) => Outcome::Read(Facts::Script(Box::new(script)), bytes, Ok(())),
        Err(_) => Outcome::NotParsed,
    }
}

/// Whether the file is larger than what is read.
fn is_large(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.len() > MAX_SOURCE)
}

/// Whether files with this extension are style sheets that can be read.
fn is_style(extension: &str) -> bool {
    matches!(extension, "css" | "scss" | "less" | "pcss")
}
