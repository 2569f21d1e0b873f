//! `package.json`: the fields an analysis needs, read leniently inside an object and strictly around it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use super::error::AnalyzeError;
use super::jsonc;
use super::links::{canonical_inside, repository};
use super::packages;
use super::text::{self, MAX_SOURCE};

/// How many manifests may extend one another in what Volta installs.
const MAX_EXTENDS: usize = 8;

/// A package's manifest. A field of the wrong type counts as missing, as package managers mostly do.
#[derive(Debug, Clone, Default)]
pub(super) struct Manifest {
    /// The package's name.
    pub(super) name: Option<String>,
    /// The package's version.
    pub(super) version: Option<String>,
    /// `dependencies` and `devDependencies` with their ranges; the former win.
    pub(super) dependencies: BTreeMap<String, String>,
    /// Those of `dependencies`, by name.
    runtime: BTreeSet<String>,
    /// Those of `peerDependencies`, by name.
    peers: BTreeSet<String>,
    /// Whether it is never published.
    pub(super) is_private: bool,
    /// What `deno.json` imports, as dependencies.
    imports: BTreeMap<String, String>,
    /// The script lines by name.
    pub(super) scripts: BTreeMap<String, String>,
    /// `packageManager`, for example `pnpm@9.15.9+sha512.…`, or the same from `devEngines.packageManager`.
    pub(super) package_manager: Option<String>,
    /// The package managers that Volta installs, written the same way; they need not be the one that is used.
    pub(super) tools: Vec<String>,
    /// The package manager beside which every other one refuses to install.
    pub(super) enforced: Option<String>,
    /// The globs of `workspaces`, in both of its forms.
    pub(super) workspaces: Vec<String>,
    /// What the package's own imports that begin with `#` mean: a path in it, both with a `*` for what the import goes on with.
    pub(super) subpath_imports: BTreeMap<String, String>,
    /// Ranges that Yarn puts in the place of others, by a pattern of packages.
    pub(super) resolutions: BTreeMap<String, String>,
    /// The ranges that `catalog:` stands for where `package.json` holds them, by catalog (`default` for the unnamed one).
    pub(super) catalogs: BTreeMap<String, BTreeMap<String, String>>,
}

impl Manifest {
    /// Reads `folder/package.json` and the npm packages that `deno.json` imports; `None` when there is neither.
    ///
    /// # Errors
    /// When `package.json` is no file, larger than [`MAX_SOURCE`], not JSON, or not an object.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, AnalyzeError> {
        let own = Self::read_package(folder)?;
        let imported = deno_imports(folder);
        if imported.is_empty() {
            return Ok(own);
        }
        let mut manifest = own.unwrap_or_default();
        manifest.import(&imported);
        Ok(Some(manifest))
    }

    /// Takes over what `above` imports: in a workspace of Deno the imports of its root are those of all members.
    /// <https://docs.deno.com/runtime/fundamentals/workspaces/>
    pub(super) fn inherit_imports(&mut self, above: &Self) {
        self.import(&above.imports);
    }

    /// Takes over what `lender` depends on, after what the package itself does.
    pub(super) fn borrow_from(&mut self, lender: &Self) {
        for (name, range) in &lender.dependencies {
            if self.has(name) {
                continue;
            }
            if lender.runs_with(name) {
                self.runtime.insert(name.clone());
            }
            self.dependencies.insert(name.clone(), range.clone());
        }
    }

    fn import(&mut self, imports: &BTreeMap<String, String>) {
        for (name, range) in imports {
            self.runtime.insert(name.clone());
            let own = self.dependencies.entry(name.clone());
            own.or_insert_with(|| range.clone());
            let import = self.imports.entry(name.clone());
            import.or_insert_with(|| range.clone());
        }
    }

    fn read_package(folder: &Path) -> Result<Option<Self>, AnalyzeError> {
        let path = folder.join("package.json");
        let invalid = |problem: String| AnalyzeError::PackageJsonInvalid {
            path: path.clone(),
            problem,
        };
        match path.metadata() {
            Ok(meta) if meta.is_dir() => {
                return Err(invalid("it is a folder, not a file".to_owned()));
            }
            Ok(meta) if meta.len() > MAX_SOURCE => {
                return Err(AnalyzeError::PackageJsonTooLarge {
                    path,
                    limit: MAX_SOURCE,
                });
            }
            _ => {}
        }
        let text = match text::read(&path, MAX_SOURCE) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(None),
            Err(error) if error.source.kind() == io::ErrorKind::InvalidData => {
                return Err(invalid("it is not UTF-8 text".to_owned()));
            }
            Err(error) => return Err(error.into()),
        };
        match serde_json::from_str(&text) {
            Ok(Value::Object(fields)) => Ok(Some(Self::from_fields(&fields, folder))),
            Ok(other) => Err(invalid(format!(
                "expected a JSON object, found {}",
                kind_of(&other)
            ))),
            Err(error) => Err(invalid(format!("not valid JSON ({error})"))),
        }
    }

    /// Whether the package depends on `name` directly.
    pub(super) fn has(&self, name: &str) -> bool {
        self.dependencies.contains_key(name)
    }

    /// Whether the package needs `name` when it runs, not only while it is developed.
    pub(super) fn runs_with(&self, name: &str) -> bool {
        self.runtime.contains(name)
    }

    /// Whether a script runs the command `name`.
    pub(super) fn runs(&self, name: &str) -> bool {
        let lines = self.scripts.values();
        lines
            .flat_map(|line| line.split_whitespace())
            .any(|word| word == name)
    }

    /// Whether the package needs `name` only while it is developed, and asks nobody who uses it for it.
    pub(super) fn only_develops_with(&self, name: &str) -> bool {
        self.has(name) && !self.runs_with(name) && !self.peers.contains(name)
    }

    /// The range that is asked for of `name`.
    pub(super) fn range(&self, name: &str) -> Option<&str> {
        self.dependencies.get(name).map(String::as_str)
    }

    fn from_fields(fields: &Map<String, Value>, folder: &Path) -> Self {
        let mut dependencies = string_map(fields.get("devDependencies"));
        let own = string_map(fields.get("dependencies"));
        let runtime = own.keys().cloned().collect();
        dependencies.extend(own);
        let workspaces = fields.get("workspaces");
        let resolutions = string_map(fields.get("resolutions"));
        let scripts = string_map(fields.get("scripts"));
        Self {
            name: string(fields.get("name")),
            version: string(fields.get("version")),
            dependencies,
            runtime,
            peers: string_map(fields.get("peerDependencies"))
                .into_keys()
                .collect(),
            is_private: fields.get("private").and_then(Value::as_bool) == Some(true),
            imports: BTreeMap::new(),
            enforced: scripts
                .get("preinstall")
                .and_then(|line| only_allowed(line)),
            scripts,
            package_manager: string(fields.get("packageManager"))
                .or_else(|| dev_engine(fields.get("devEngines"))),
            tools: volta(fields.get("volta"), folder),
            subpath_imports: subpath_imports(fields.get("imports")),
            resolutions,
            catalogs: catalogs(fields),
            workspaces: strings(
                workspaces
                    .and_then(|both| both.get("packages"))
                    .or(workspaces),
            ),
        }
    }
}

/// `imports`, each with the file of its first condition. <https://nodejs.org/api/packages.html#subpath-imports>
fn subpath_imports(all: Option<&Value>) -> BTreeMap<String, String> {
    let all = all.and_then(Value::as_object).into_iter().flatten();
    let files =
        all.filter_map(|(name, value)| Some((name.clone(), packages::entry(value)?.to_owned())));
    files.collect()
}

/// `devEngines.packageManager` (of several the first), written as `packageManager` would be.
/// <https://docs.npmjs.com/cli/v11/configuring-npm/package-json#devengines>
fn dev_engine(engines: Option<&Value>) -> Option<String> {
    let engine = engines?.get("packageManager")?;
    let engine = engine.as_array().map_or(Some(engine), |all| all.first())?;
    let name = string(engine.get("name"))?;
    Some(match string(engine.get("version")) {
        Some(version) => format!("{name}@{version}"),
        None => name,
    })
}

/// The managers and versions that Volta installs: its own and, where it has none, those of the manifest that it extends.
/// <https://docs.volta.sh/guide/understanding#managing-your-project>, <https://docs.volta.sh/advanced/workspaces>
fn volta(field: Option<&Value>, folder: &Path) -> Vec<String> {
    let mut tools = string_map(field);
    let mut from = folder.to_owned();
    for _ in 0..MAX_EXTENDS {
        let Some(place) = tools.remove("extends") else {
            break;
        };
        let file = from.join(place);
        // Without a repository around it, a folder above is known for the project's by the name of its manifest.
        let top = repository(folder).unwrap_or(folder);
        let is_manifest = file.file_name().is_some_and(|name| name == "package.json");
        let is_inside =
            canonical_inside(&file, top).is_some() || (is_manifest && repository(folder).is_none());
        if !is_inside {
            break;
        }
        let text = text::read_quietly(&file, MAX_SOURCE);
        let json = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        for (tool, version) in string_map(json.as_ref().and_then(|json| json.get("volta"))) {
            tools.entry(tool).or_insert(version);
        }
        file.parent().unwrap_or(&file).clone_into(&mut from);
    }
    tools.remove("extends");
    let managers = tools.iter().filter(|(tool, _)| *tool != "node");
    managers
        .map(|(tool, version)| format!("{tool}@{version}"))
        .collect()
}

/// `npx only-allow pnpm` before an installation. <https://github.com/pnpm/only-allow>
fn only_allowed(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    words.find(|word| *word == "only-allow" || word.starts_with("only-allow@"))?;
    words.next().map(str::to_owned)
}

/// `catalog` and `catalogs`, at the top or inside `workspaces`. <https://bun.com/docs/pm/catalogs>
fn catalogs(fields: &Map<String, Value>) -> BTreeMap<String, BTreeMap<String, String>> {
    let inside = fields.get("workspaces").and_then(Value::as_object);
    let mut found = BTreeMap::new();
    for place in [Some(fields), inside].into_iter().flatten() {
        let named = place.get("catalogs").and_then(Value::as_object);
        for (name, catalog) in named.into_iter().flatten() {
            found.insert(name.clone(), string_map(Some(catalog)));
        }
        if let Some(catalog) = place.get("catalog") {
            found.insert("default".to_owned(), string_map(Some(catalog)));
        }
    }
    found
}

/// The npm packages that `imports` of `deno.json` or `deno.jsonc` names, with their ranges as `package.json` would have them.
/// <https://docs.deno.com/runtime/fundamentals/modules/#managing-third-party-modules-and-libraries>
fn deno_imports(folder: &Path) -> BTreeMap<String, String> {
    let file = ["deno.json", "deno.jsonc"]
        .into_iter()
        .find_map(|name| text::read_quietly(&folder.join(name), MAX_SOURCE));
    let config = file.and_then(|text| jsonc::parse(&text));
    let imports = string_map(config.as_ref().and_then(|config| config.get("imports")));
    let as_dependency = |(name, specifier): (String, String)| {
        let package = specifier.strip_prefix("npm:")?.trim_start_matches('/');
        // What ends with a slash is a prefix of other imports.
        let is_prefix = name.ends_with('/');
        let range = match package.strip_prefix(name.as_str()) {
            Some("") => "*".to_owned(),
            Some(rest) if rest.starts_with('@') => rest.trim_start_matches('@').to_owned(),
            _ => specifier,
        };
        (!is_prefix).then_some((name, range))
    };
    imports.into_iter().filter_map(as_dependency).collect()
}

/// A string, when it is one.
pub(super) fn string(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}

/// The strings of an array; everything else is left out.
pub(super) fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| string(Some(item))).collect()
}

fn string_map(value: Option<&Value>) -> BTreeMap<String, String> {
    let fields = value.and_then(Value::as_object).into_iter().flatten();
    fields
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
