//! Endpoints and their methods: what route handlers export, themselves or through `export * from`.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use super::Router;
use crate::analyze::findings::Findings;
use crate::analyze::parse::{self, METHODS};
use crate::analyze::project::Sources;
use crate::analyze::report::Endpoint;
use crate::analyze::text::{self, MAX_SOURCE};
use crate::analyze::walk;

/// How many modules may export everything of one another.
const MAX_FORWARDS: usize = 64;

/// The endpoints of both routers; one handler of the pages router takes all methods.
pub(super) fn read(
    sources: &Sources<'_>,
    app: &Router<'_>,
    pages: &Router<'_>,
    findings: &mut Findings,
) -> Vec<Endpoint> {
    let mut unknown = Vec::new();
    let mut endpoints = Vec::new();
    for found in &app.endpoints {
        let mut exported = Exported {
            sources,
            methods: Vec::new(),
            seen: HashSet::new(),
        };
        if !exported.add(found.file) {
            unknown.push(found.file.to_owned());
        }
        let methods = exported.methods;
        endpoints.push(Endpoint {
            path: found.path.clone(),
            file: found.file.to_owned(),
            methods: METHODS
                .into_iter()
                .filter(|m| methods.contains(m))
                .collect(),
        });
    }
    endpoints.extend(pages.endpoints.iter().map(|found| Endpoint {
        path: found.path.clone(),
        file: found.file.to_owned(),
        methods: Vec::new(),
    }));
    endpoints.sort();
    let what = "methods that are not in the file";
    findings.warn_of("methods_not_static", what, &unknown);
    endpoints
}

/// The methods that a file exports, and the files looked into for them.
struct Exported<'s> {
    sources: &'s Sources<'s>,
    methods: Vec<&'static str>,
    seen: HashSet<String>,
}

impl Exported<'_> {
    /// Adds what `file` exports, through `export * from` of the project's own modules; whether all of it could be read.
    /// Files that were not parsed yet are parsed now.
    fn add(&mut self, file: &str) -> bool {
        if self.seen.contains(file) {
            return true;
        }
        if self.seen.len() >= MAX_FORWARDS {
            return false;
        }
        self.seen.insert(file.to_owned());
        let parsed;
        let script = if let Some(script) = self.sources.script(file) {
            script
        } else {
            let text = text::read_quietly(&self.sources.root.join(file), MAX_SOURCE);
            let Some(Ok(script)) = text.map(|text| parse::script(file, &text)) else {
                return false;
            };
            parsed = script;
            &parsed
        };
        self.methods.extend(&script.methods);
        let forwards: Vec<String> = script.forwards.clone();
        forwards.iter().all(|source| {
            let target = target(self.sources, file, source);
            target.is_some_and(|file| self.add(file))
        })
    }
}

/// The source file that `source` means in `file`: as written, with a script's ending, or the index of a folder. TypeScript
/// is imported by the name it is compiled to.
/// <https://www.typescriptlang.org/docs/handbook/modules/reference.html#file-extension-substitution>
fn target<'s>(sources: &'s Sources<'_>, file: &str, source: &str) -> Option<&'s str> {
    if !source.starts_with('.') {
        return None;
    }
    let place = normal(&Path::new(file).parent()?.join(source))?;
    let is = |path: &str, stem: &str| {
        let ending = path
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix('.'));
        ending.is_some_and(parse::is_script)
    };
    let compiled = [".js", ".jsx", ".mjs", ".cjs"];
    let compiled = compiled.iter().find_map(|end| place.strip_suffix(end));
    let index = format!("{place}/index");
    let tries: [&dyn Fn(&str) -> bool; 4] = [
        &|path| path == place,
        &|path| is(path, &place),
        &|path| compiled.is_some_and(|stem| is(path, stem)),
        &|path| is(path, &index),
    ];
    tries.iter().find_map(|matches| {
        let found = sources.files.iter().find(|one| matches(&one.path))?;
        Some(found.path.as_str())
    })
}

/// `path` without `.` and `..`; none when it leads out of the project.
fn normal(path: &Path) -> Option<String> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir if out.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(walk::relative(Path::new(""), &out))
}
