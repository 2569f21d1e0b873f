//! Modules of routes that a bundler gathers by a pattern of their names, instead of imports.

use std::collections::BTreeMap;

use globset::GlobSet;

use super::records::is_table;
use crate::analyze::frameworks::globs;
use crate::analyze::parse::{self, Modules, Node};
use crate::analyze::project::Sources;
use crate::analyze::secondary::is_secondary;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk::{self};

/// What gathers modules, by the last part of its name, and as it is written.
/// <https://vite.dev/guide/features#glob-import>, <https://v2.vitejs.dev/guide/features.html#glob-import>,
/// <https://webpack.js.org/guides/dependency-management/#requirecontext>,
/// <https://webpack.js.org/api/module-variables/#importmetawebpackcontext>
const GLOBS: [(&str, &str); 4] = [
    ("glob", "import.meta.glob("),
    ("globEager", "import.meta.globEager("),
    ("context", "require.context("),
    ("webpackContext", "import.meta.webpackContext("),
];

/// The same without types in between, which is how it is looked for in a text.
const MARKS: [&str; 3] = [
    "import.meta.glob",
    "require.context",
    "import.meta.webpackContext",
];

/// How many calls that gather modules are read in one file, and how many patterns each may have: hand-written files have
/// a few.
const MAX_PATTERNS: usize = 32;

/// What is written before an ending to mean any name, in any folder: names begin with `./`.
const ANYTHING: [&str; 12] = [
    "", ".*", "(.*)", ".+", r"\w+", r"[\w-]+", r"[\w]+", r"\/.*", r"\./.*", r"^\./.*", r"^\.\/.*",
    r"^\.\/.+",
];

/// What is gathered in files of routes.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    /// The tables of routes in the modules that match, by the file with the pattern.
    pub(super) tables: BTreeMap<String, Vec<Node<'a>>>,
    /// The files with patterns of which no table is known.
    pub(super) unread: Vec<String>,
}

/// Which files a pattern is for.
struct Pattern {
    wanted: Vec<GlobSet>,
    unwanted: Vec<GlobSet>,
    /// What is taken of each module; none for its default export, or else all that it exports.
    export: Option<String>,
}

/// Whether `path` is that of a file of routes: it, or a folder around it, is called so.
pub(super) fn is_of_routes(path: &str) -> bool {
    let is_named = path.split('/').any(|name| name.starts_with("rout"));
    is_named && parse::is_script(walk::extension(path)) && !is_secondary(path)
}

/// Reads what the project's files of routes gather.
pub(super) fn read<'a>(sources: &Sources<'_>, modules: &Modules<'a>) -> Gathered<'a> {
    let mut gathered = Gathered::default();
    let files = sources.files.iter().map(|file| file.path.as_str());
    for file in files.filter(|path| is_of_routes(path)) {
        let text = text::read_quietly(&sources.root.join(file), MAX_SOURCE);
        let text = text.unwrap_or_default();
        if !MARKS.into_iter().any(|mark| text.contains(mark)) {
            continue;
        }
        let mut tables = Vec::new();
        let mut is_known = true;
        let names = GLOBS.map(|(name, _)| name);
        let uses = modules.uses(&sources.root.join(file), &names);
        is_known &= uses.len() <= MAX_PATTERNS;
        for node in uses.into_iter().take(MAX_PATTERNS) {
            let pattern = GLOBS.iter().find_map(|(name, written)| {
                let begins = written.trim_end_matches('(');
                let is_it = node.text().starts_with(begins)
                    && node.text().get(begins.len()..)?.starts_with(['(', '<']);
                is_it.then(|| Pattern::of(modules, &node, name, file))?
            });
            match pattern {
                Some(pattern) => tables.extend(pattern.tables(sources, modules, file)),
                None => is_known = false,
            }
        }
        if tables.is_empty() || !is_known {
            gathered.unread.push(file.to_owned());
        }
        if !tables.is_empty() {
            gathered.tables.insert(file.to_owned(), tables);
        }
    }
    gathered
}

impl Pattern {
    /// The pattern that the call `node` of `name` in `file` has; none when it is not known.
    fn of<'a>(modules: &Modules<'a>, node: &Node<'a>, name: &str, file: &str) -> Option<Self> {
        let arguments = Modules::arguments(node);
        let mut arguments = arguments.iter();
        let first = arguments.next()?;
        let second = arguments.next();
        let at = |key: &str| modules.found(second?, key);
        let mut pattern = Self {
            wanted: Vec::new(),
            unwanted: Vec::new(),
            export: None,
        };
        if matches!(name, "glob" | "globEager") {
            let one = modules.string(first).map(|one| vec![one]);
            let texts = one.or_else(|| modules.strings(first))?;
            // Without the last of them it would be for other files.
            if texts.len() > MAX_PATTERNS {
                return None;
            }
            for text in texts {
                match text.strip_prefix('!') {
                    Some(text) => pattern.unwanted.push(globs::one(&place(file, text)?)?),
                    None => pattern.wanted.push(globs::one(&place(file, &text)?)?),
                }
            }
            pattern.export = at("import").and_then(|value| modules.string(&value));
            return Some(pattern);
        }
        let (recursive, expression) = if name == "context" {
            (second.cloned(), arguments.next().cloned())
        } else {
            (at("recursive"), at("regExp"))
        };
        let is_deep = recursive.is_none_or(|value| modules.truthy(&value) != Some(false));
        let folder = place(file, &modules.string(first)?)?;
        let endings = match &expression {
            Some(expression) => endings(expression.text())?,
            None => vec!["js".to_owned(), "ts".to_owned()],
        };
        let between = if is_deep { "**/" } else { "" };
        let texts = endings.iter();
        let texts = texts.map(|ending| format!("{folder}/{between}*.{ending}"));
        pattern.wanted = texts.map(|text| globs::one(&text)).collect::<Option<_>>()?;
        Some(pattern)
    }

    /// The tables in the modules that it is for; never those in the file with the pattern itself.
    fn tables<'a>(&self, sources: &Sources<'_>, modules: &Modules<'a>, own: &str) -> Vec<Node<'a>> {
        let is_in = |set: &[GlobSet], path: &str| set.iter().any(|glob| glob.is_match(path));
        let mut tables = Vec::new();
        for file in sources.files {
            let path = file.path.as_str();
            let is_meant = is_in(&self.wanted, path) && !is_in(&self.unwanted, path);
            if !is_meant || path == own || !parse::is_script(file.extension()) {
                continue;
            }
            let Some(script) = sources.script(path) else {
                continue;
            };
            let names = match &self.export {
                Some(name) => vec![name.as_str()],
                None if script.exports("default") => vec!["default"],
                None => script.exported().collect(),
            };
            let file = sources.root.join(path);
            let values = names.into_iter();
            let values = values.filter_map(|name| modules.export(&file, name));
            tables.extend(values.filter(|value| is_table(modules, value)));
        }
        tables
    }
}

/// The place that `text` means in `file`, from the project's folder; none for what is beside the project.
fn place(file: &str, text: &str) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    let inside = match text.strip_prefix(['@', '~']) {
        // What every template has for its sources: https://cli.vuejs.org/guide/webpack.html
        Some(rest) => {
            parts.push("src");
            rest.strip_prefix('/')?
        }
        None if text.starts_with('.') => {
            parts.extend(folder.split('/').filter(|part| !part.is_empty()));
            text
        }
        None => text.trim_start_matches('/'),
    };
    for part in inside.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The endings of the names that the regular `expression` is for, as `\.(js|ts)$`; none when it says more than that, as
/// `^\.\/[^/]+\.js$` does, which leaves deeper folders out.
fn endings(expression: &str) -> Option<Vec<String>> {
    let inner = expression.strip_prefix('/')?.rsplit_once('/')?.0;
    let (before, ending) = inner.strip_suffix('$')?.rsplit_once("\\.")?;
    let is_anything = ANYTHING.contains(&before);
    let alternatives = ending
        .trim_start_matches(['(', '?', ':'])
        .trim_end_matches(')');
    let mut endings = Vec::new();
    for one in alternatives.split('|') {
        let (all, short) = match one.strip_suffix('?') {
            Some(one) => (one, one.get(..one.len().checked_sub(1)?)),
            None => (one, None),
        };
        endings.push(all.to_owned());
        endings.extend(short.map(str::to_owned));
    }
    let is_word = |one: &String| one.chars().all(|c| c.is_ascii_alphanumeric());
    (is_anything && endings.iter().all(is_word)).then_some(endings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_meant_from_their_file_or_the_project() {
        for (text, expected) in [
            ("./modules/*.ts", Some("src/router/modules/*.ts")),
            ("../views/**/*.ts", Some("src/views/**/*.ts")),
            ("/src/a/*.ts", Some("src/a/*.ts")),
            ("@/router/modules", Some("src/router/modules")),
            ("../../../../up", None),
            ("@scope/package", None),
        ] {
            assert_eq!(
                place("src/router/index.ts", text).as_deref(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn expressions_that_say_more_than_an_ending_are_not_known() {
        for (text, expected) in [
            (r"/\.js$/", Some(&["js"][..])),
            (r"/^\.\/.*\.ts$/", Some(&["ts"])),
            (r"/\.(js|ts)$/i", Some(&["js", "ts"])),
            (r"/\.tsx?$/", Some(&["tsx", "ts"])),
            (r"/^\.\/[^/]+\.js$/", None),
            (r"/^\.\/[\w-]+\.js$/", None),
            (r"/[\w-]+\.vue$/", Some(&["vue"])),
            (r"/^((?!index).)*\.js$/", None),
            (r"/routes\.js$/", None),
            ("pattern", None),
        ] {
            let found = endings(text);
            let found = found
                .as_ref()
                .map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
