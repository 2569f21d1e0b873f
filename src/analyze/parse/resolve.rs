//! Which file an import means: relative, by the compiler's `paths`, by a bundler's aliases, or in a package of the workspace.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use serde_json::Value;

use crate::analyze::jsonc;
use crate::analyze::manifest;
use crate::analyze::packages::Packages;
use crate::analyze::text::{self, MAX_SOURCE};

/// Endings tried after an import's path.
/// <https://www.typescriptlang.org/docs/handbook/modules/reference.html#extensionless-relative-paths>
const ENDINGS: [&str; 16] = [
    "",
    ".ts",
    ".tsx",
    ".mts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".vue",
    ".svelte",
    "/index.ts",
    "/index.tsx",
    "/index.js",
    "/index.jsx",
    "/index.mjs",
    "/index.vue",
];

/// How many configurations of the compiler one may extend or refer to.
const MAX_CONFIGS: usize = 32;

/// The most aliases that are kept of one configuration.
const MAX_ALIASES: usize = 500;

/// Finds files by the imports of others.
pub(in crate::analyze) struct Resolver {
    /// The project's folder, which files are shown relative to.
    root: PathBuf,
    /// The folder that nothing is read outside of.
    top: PathBuf,
    packages: Packages,
    /// Aliases of the bundler: what an import starts with, and the folder or file that it means.
    aliases: RefCell<Vec<(String, PathBuf)>>,
    /// The compiler's aliases that count in a folder.
    compilers: RefCell<HashMap<PathBuf, Rc<Vec<Alias>>>>,
    /// What imports mean in a folder: the same ones are asked for again and again.
    found: RefCell<HashMap<PathBuf, HashMap<String, Option<PathBuf>>>>,
}

/// `paths` of the compiler: text before and after the `*`, and where it may lead.
#[derive(Debug)]
struct Alias {
    start: String,
    /// What follows the `*`; none for an alias without.
    end: Option<String>,
    targets: Vec<PathBuf>,
}

impl Resolver {
    /// One for the project in `root`, which finds nothing outside `top`.
    pub(in crate::analyze) fn new(root: &Path, top: &Path, packages: Packages) -> Self {
        Self {
            root: root.to_owned(),
            top: top.to_owned(),
            packages,
            aliases: RefCell::default(),
            compilers: RefCell::default(),
            found: RefCell::default(),
        }
    }

    /// The folder that nothing is read outside of.
    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    /// The project's folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// `path` relative to the project, with `..` for what lies beside it in the workspace.
    pub(super) fn shown(&self, path: &Path) -> String {
        let mut up = String::new();
        let mut folder = self.root.as_path();
        loop {
            if let Ok(rest) = path.strip_prefix(folder) {
                let parts = rest
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy());
                return up + &parts.collect::<Vec<_>>().join("/");
            }
            match folder.parent() {
                Some(parent) if folder != self.top => folder = parent,
                _ => return String::new(),
            }
            up.push_str("../");
        }
    }

    /// Has imports that start with `aliases` mean those places, the first that fits.
    pub(super) fn set_aliases(&self, aliases: Vec<(String, PathBuf)>) {
        *self.aliases.borrow_mut() = aliases;
        self.found.borrow_mut().clear();
    }

    /// The file that `source` means in the file `from`; none for packages from outside.
    pub(super) fn find(&self, from: &Path, source: &str) -> Option<PathBuf> {
        let source = source
            .split('?')
            .next()
            .filter(|source| !source.is_empty())?;
        let folder = from.parent()?;
        let known = self.found.borrow();
        if let Some(known) = known.get(folder).and_then(|all| all.get(source)) {
            return known.clone();
        }
        drop(known);
        let file = self.look_for(folder, source);
        let mut found = self.found.borrow_mut();
        let all = found.entry(folder.to_owned()).or_default();
        all.insert(source.to_owned(), file.clone());
        file
    }

    fn look_for(&self, folder: &Path, source: &str) -> Option<PathBuf> {
        if source.starts_with('.') {
            return self.file(&folder.join(source));
        }
        let compiler = self.compiler(folder);
        let by_compiler = compiler.iter().find_map(|alias| {
            let targets = alias.targets_of(source)?;
            targets.iter().find_map(|target| self.file(target))
        });
        by_compiler
            .or_else(|| self.by_alias(source))
            .or_else(|| self.file(&self.root.join(source.strip_prefix('/')?)))
            .or_else(|| self.in_package(source))
    }

    fn in_package(&self, source: &str) -> Option<PathBuf> {
        let place = self.packages.locate(source)?;
        self.file(&place)
            .or_else(|| self.file(&self.packages.source_of(&place)?))
    }

    fn by_alias(&self, source: &str) -> Option<PathBuf> {
        let aliases = self.aliases.borrow();
        aliases.iter().find_map(|(start, place)| {
            let rest = source.strip_prefix(start.as_str())?;
            let is_whole = rest.is_empty() || rest.starts_with('/') || start.ends_with(['/', '#']);
            is_whole.then(|| self.file(&place.join(rest.trim_start_matches('/'))))?
        })
    }

    /// The file at `place`, which may lack its ending, or have that of what it is compiled to.
    fn file(&self, place: &Path) -> Option<PathBuf> {
        let place = plain(place);
        let existing = |path: PathBuf| {
            let file = path.canonicalize().ok()?;
            (file.is_file() && file.starts_with(&self.top)).then_some(file)
        };
        let with = |ending: &str| {
            let mut file = place.clone().into_os_string();
            file.push(ending);
            existing(PathBuf::from(file))
        };
        let source = || {
            let source = match place.extension()?.to_str()? {
                "js" => ["ts", "tsx"],
                "jsx" => ["tsx", "ts"],
                "mjs" => ["mts", "ts"],
                _ => return None,
            };
            source
                .iter()
                .find_map(|ending| existing(place.with_extension(ending)))
        };
        ENDINGS
            .iter()
            .find_map(|ending| with(ending))
            .or_else(source)
            .or_else(|| existing(place.join(main_of(&place)?)))
    }

    /// The aliases of the configuration that is nearest to `folder`, the longest first.
    fn compiler(&self, folder: &Path) -> Rc<Vec<Alias>> {
        if let Some(known) = self.compilers.borrow().get(folder) {
            return Rc::clone(known);
        }
        let config = ["tsconfig.json", "jsconfig.json"]
            .iter()
            .map(|name| folder.join(name))
            .find(|file| file.is_file());
        let found = match (config, folder.parent()) {
            (Some(config), _) => {
                let mut reading = Reading {
                    resolver: self,
                    seen: HashSet::new(),
                    aliases: Vec::new(),
                };
                reading.read(&config);
                let mut aliases = reading.aliases;
                aliases.sort_by_key(|alias| {
                    (alias.end.is_some(), std::cmp::Reverse(alias.start.len()))
                });
                Rc::new(aliases)
            }
            (None, Some(parent)) if folder != self.top && folder.starts_with(&self.top) => {
                self.compiler(parent)
            }
            _ => Rc::default(),
        };
        let mut known = self.compilers.borrow_mut();
        known.insert(folder.to_owned(), Rc::clone(&found));
        found
    }
}

impl Alias {
    /// Where `source` may lead; none when this alias is not about it.
    fn targets_of(&self, source: &str) -> Option<Vec<PathBuf>> {
        let rest = source.strip_prefix(self.start.as_str())?;
        let Some(end) = &self.end else {
            return rest.is_empty().then(|| self.targets.clone());
        };
        let star = rest.strip_suffix(end.as_str())?;
        let filled = self
            .targets
            .iter()
            .map(|target| PathBuf::from(target.to_string_lossy().replacen('*', star, 1)));
        Some(filled.collect())
    }
}

/// The reading of one configuration of the compiler with all that it is made of.
struct Reading<'r> {
    resolver: &'r Resolver,
    seen: HashSet<PathBuf>,
    aliases: Vec<Alias>,
}

impl Reading<'_> {
    /// `compilerOptions.paths` and `baseUrl` of `config`; where it has none, of what it extends; and of what it refers to,
    /// for an application's options may lie in `tsconfig.app.json`.
    /// <https://www.typescriptlang.org/tsconfig/#paths>
    fn read(&mut self, config: &Path) -> Option<()> {
        let config = config.canonicalize().ok()?;
        let is_own = config.starts_with(&self.resolver.top);
        if !is_own || self.seen.len() >= MAX_CONFIGS || !self.seen.insert(config.clone()) {
            return None;
        }
        let json = jsonc::parse(&text::read_quietly(&config, MAX_SOURCE)?)?;
        let folder = config.parent()?;
        let extends = json.get("extends");
        let mut bases = manifest::strings(extends);
        bases.extend(manifest::string(extends));
        let options = json.get("compilerOptions");
        let option = |name: &str| options.and_then(|options| options.get(name));
        let base = manifest::string(option("baseUrl")).map(|base| folder.join(base));
        if let Some(paths) = option("paths").and_then(Value::as_object) {
            let place = base.clone().unwrap_or_else(|| folder.to_owned());
            for (from, to) in paths {
                self.add(from, manifest::strings(Some(to)), &place);
            }
        }
        if let Some(base) = base {
            self.add("*", vec!["*".to_owned()], &base);
        }
        if option("paths").is_none() {
            for base in bases.iter().rev() {
                self.read_base(folder, base);
            }
        }
        let references = json.get("references").and_then(Value::as_array);
        for reference in references.into_iter().flatten() {
            if let Some(place) = manifest::string(reference.get("path")) {
                let place = folder.join(place);
                self.read(&if place.is_dir() {
                    place.join("tsconfig.json")
                } else {
                    place
                });
            }
        }
        Some(())
    }

    fn read_base(&mut self, folder: &Path, base: &str) {
        let place = if base.starts_with('.') {
            Some(folder.join(base))
        } else {
            self.resolver.packages.locate(base)
        };
        let Some(place) = place else {
            return;
        };
        let mut with_json = place.clone().into_os_string();
        with_json.push(".json");
        let places = [
            place.clone(),
            PathBuf::from(with_json),
            place.join("tsconfig.json"),
        ];
        if let Some(file) = places.iter().find(|file| file.is_file()) {
            self.read(file);
        }
    }

    fn add(&mut self, from: &str, to: Vec<String>, folder: &Path) {
        if self.aliases.len() >= MAX_ALIASES {
            return;
        }
        let (start, end) = match from.split_once('*') {
            Some((start, end)) => (start, Some(end.to_owned())),
            None => (from, None),
        };
        self.aliases.push(Alias {
            start: start.to_owned(),
            end,
            targets: to.into_iter().map(|target| folder.join(target)).collect(),
        });
    }
}

/// The file that a `package.json` in the folder `place` names.
/// <https://nodejs.org/api/modules.html#folders-as-modules>
fn main_of(place: &Path) -> Option<String> {
    let text = text::read_quietly(&place.join("package.json"), MAX_SOURCE)?;
    manifest::string(jsonc::parse(&text)?.get("main"))
}

/// `path` without `.` and `..`, so that one below a folder that is not there is found.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
