//! The workspace (monorepo) around a folder: its root, its kind, its packages, its catalogs.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;
use serde_json::Value;

use super::deadline::Deadline;
use super::findings::Findings;
use super::frameworks;
use super::jsonc;
use super::manifest::{self, Manifest};
use super::report;
use super::text::{self, MAX_SOURCE};
use super::walk;
use super::yarnrc;

/// How far up a workspace root is looked for.
const MAX_CLIMB: usize = 24;

/// How many packages of a workspace are read; the largest monorepos have some thousands.
const MAX_MEMBERS: usize = 10_000;

/// The depth to which a `**` glob is expanded.
const GLOBSTAR_DEPTH: usize = 6;

/// A workspace.
#[derive(Debug)]
pub(super) struct WorkspaceRoot {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// Its id in the vocabulary.
    kind: &'static str,
    /// Whether packages are looked for at all.
    has_globs: bool,
    /// Its packages, without the root's own; sorted by folder.
    pub(super) members: Vec<Member>,
    /// The versions that `catalog:` ranges stand for, by catalog (`default` for the unnamed one) and package.
    catalogs: BTreeMap<String, BTreeMap<String, String>>,
}

/// A package of a workspace.
#[derive(Debug)]
pub(super) struct Member {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// Its name.
    pub(super) name: Option<String>,
    /// Its version.
    version: Option<String>,
    framework: Option<&'static str>,
    /// Whether its manifest cannot be read.
    pub(super) is_broken: bool,
}

/// What makes a folder a workspace root.
struct Definition {
    kind: &'static str,
    globs: Vec<String>,
    catalogs: BTreeMap<String, BTreeMap<String, String>>,
}

/// `pnpm-workspace.yaml`. <https://pnpm.io/pnpm-workspace_yaml>
#[derive(Debug, Default, Deserialize)]
struct PnpmWorkspace {
    #[serde(default)]
    packages: Option<Vec<String>>,
    #[serde(default)]
    catalog: Option<BTreeMap<String, String>>,
    #[serde(default)]
    catalogs: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

impl WorkspaceRoot {
    /// The nearest workspace that `folder` is the root or a member of; looked for up to the git root.
    pub(super) fn around(
        folder: &Path,
        deadline: &Deadline,
        findings: &mut Findings,
    ) -> Option<Self> {
        let mut alone = None;
        for root in folder.ancestors().take(MAX_CLIMB) {
            if let Some(definition) = Definition::read(root, findings) {
                let globs = definition.matcher(root);
                let is_root = root == folder;
                if (is_root && !definition.globs.is_empty()) || definition.has(&globs, folder) {
                    return Some(Self::expand(root, definition, &globs, deadline, findings));
                }
                if is_root {
                    alone = Some(Self::expand(root, definition, &globs, deadline, findings));
                }
            }
            if root.join(".git").exists() {
                break;
            }
        }
        alone
    }

    /// The workspace whose root `folder` is.
    pub(super) fn at(folder: &Path, deadline: &Deadline, findings: &mut Findings) -> Option<Self> {
        let definition = Definition::read(folder, findings)?;
        let globs = definition.matcher(folder);
        Some(Self::expand(folder, definition, &globs, deadline, findings))
    }

    /// The version of the workspace's package `name`, which the others are linked to.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        let mut members = self.members.iter();
        let member = members.find(|member| member.name.as_deref() == Some(name))?;
        member.version.clone()
    }

    /// The range that `catalog:` or `catalog:<name>` stands for. <https://pnpm.io/catalogs>
    pub(super) fn catalog_range(&self, name: &str, range: &str) -> Option<&str> {
        let catalog = match range.strip_prefix("catalog:")?.trim() {
            "" => "default",
            named => named,
        };
        self.catalogs.get(catalog)?.get(name).map(String::as_str)
    }

    /// Adds to `manifest` what those of the packages depend on that it depends on, and what the root does.
    pub(super) fn lend(&self, manifest: &mut Manifest) {
        let is_used = |name: &String| manifest.dependencies.contains_key(name);
        let members = self.members.iter();
        let used = members.filter(|member| member.name.as_ref().is_some_and(is_used));
        let folders: Vec<&Path> = used
            .map(|member| member.folder.as_path())
            .chain(std::iter::once(self.folder.as_path()))
            .collect();
        for folder in folders {
            let lender = Manifest::read(folder).ok().flatten().unwrap_or_default();
            manifest.borrow_from(&lender);
        }
    }

    /// The folders of all members.
    pub(super) fn member_folders(&self) -> HashSet<PathBuf> {
        self.members.iter().map(|m| m.folder.clone()).collect()
    }

    /// Whether any package is an application.
    pub(super) fn has_apps(&self) -> bool {
        self.members.iter().any(Member::is_app)
    }

    /// The workspace as it is reported; none when it only has catalogs.
    pub(super) fn report(&self, own: Option<&'static str>) -> Option<report::Workspace> {
        if !self.has_globs {
            return None;
        }
        let own = own.map(|framework| report::WorkspaceApp {
            root: ".".to_owned(),
            framework,
        });
        let apps = self.members.iter().filter_map(|member| {
            Some(report::WorkspaceApp {
                root: walk::relative(&self.folder, &member.folder),
                framework: member.framework?,
            })
        });
        Some(report::Workspace {
            kind: self.kind,
            apps: own.into_iter().chain(apps).collect(),
            packages: u64::try_from(self.members.len()).unwrap_or(u64::MAX),
        })
    }

    fn expand(
        root: &Path,
        definition: Definition,
        globs: &Gitignore,
        deadline: &Deadline,
        findings: &mut Findings,
    ) -> Self {
        let manifests: &[&str] = match definition.kind {
            "nx" => &["package.json", "project.json"],
            "deno" => &["deno.json", "deno.jsonc", "package.json"],
            _ => &["package.json"],
        };
        let above = Manifest::read(root).ok().flatten().unwrap_or_default();
        let mut folders = walk::folders_with(root, manifests, definition.depth(), deadline);
        folders.retain(|folder| folder != root && definition.has(globs, folder));
        if folders.len() > MAX_MEMBERS {
            let (all, read) = (folders.len(), MAX_MEMBERS);
            let detail =
                format!("the workspace has {all} packages; only the first {read} were read");
            findings.warn("too_many_packages", detail);
            folders.truncate(MAX_MEMBERS);
        }
        let members = folders
            .into_iter()
            .enumerate()
            .take_while(|(number, _)| !deadline.is_over_after(*number))
            .map(|(_, folder)| Member::read((root, &above), folder, findings))
            .collect();
        Self {
            folder: root.to_owned(),
            kind: definition.kind,
            has_globs: !definition.globs.is_empty(),
            members,
            catalogs: definition.catalogs,
        }
    }
}

impl Member {
    /// Whether it is an application.
    pub(super) fn is_app(&self) -> bool {
        self.framework.is_some()
    }

    fn read((root, above): (&Path, &Manifest), folder: PathBuf, findings: &mut Findings) -> Self {
        let manifest = Manifest::read(&folder);
        let is_broken = manifest.is_err();
        let manifest = manifest.unwrap_or_else(|error| {
            let place = walk::relative(root, &folder);
            let detail = format!(
                "package.json in {place} of the workspace ({})",
                error.code()
            );
            findings.warn("package_not_read", detail);
            None
        });
        let mut manifest = manifest.unwrap_or_default();
        manifest.inherit_imports(above);
        let framework = frameworks::detect_app(&manifest, &folder)
            .or_else(|| frameworks::by_project_file(&folder, above))
            .or_else(|| frameworks::by_script(&manifest, &folder));
        Self {
            framework: framework.map(|known| known.id),
            name: manifest.name,
            version: manifest.version,
            folder,
            is_broken,
        }
    }
}

impl Definition {
    fn read(root: &Path, findings: &mut Findings) -> Option<Self> {
        let mut broken = Vec::new();
        let mut json = |name: &str| {
            let file = root.join(name);
            let json = text::read_quietly(&file, MAX_SOURCE).and_then(|text| jsonc::parse(&text));
            if json.is_none() && file.exists() {
                broken.push(format!("{name} is not valid"));
            }
            json
        };
        let has = |name: &str| root.join(name).is_file();
        let pnpm = PnpmWorkspace::read(root, findings);
        let yarn = yarnrc::Settings::read(root).unwrap_or_else(|reason| {
            findings.warn("workspace_unreadable", reason);
            yarnrc::Settings::default()
        });
        let mut manifest = Manifest::read(root).ok().flatten().unwrap_or_default();
        let mut catalogs = std::mem::take(&mut manifest.catalogs);
        let deno = json("deno.json").or_else(|| json("deno.jsonc"));
        let (manager, mut globs) =
            if let Some(globs) = pnpm.as_ref().and_then(|pnpm| pnpm.packages.clone()) {
                ("pnpm", globs)
            } else if !manifest.workspaces.is_empty() {
                (classic_manager(&manifest, root), manifest.workspaces)
            } else {
                let workspace = deno.as_ref().and_then(|deno| deno.get("workspace"));
                let members = workspace.and_then(|both| both.get("members")).or(workspace);
                ("deno", manifest::strings(members))
            };
        let kind = if has("rush.json") {
            globs = rush_projects(json("rush.json").as_ref());
            "rush"
        } else if has("nx.json") {
            if globs.is_empty() {
                globs = vec!["**".to_owned()];
            }
            "nx"
        } else if has("lerna.json") {
            let packages = manifest::strings(
                json("lerna.json")
                    .as_ref()
                    .and_then(|all| all.get("packages")),
            );
            globs.extend(if globs.is_empty() && packages.is_empty() {
                vec!["packages/*".to_owned()]
            } else {
                packages
            });
            "lerna"
        } else if has("turbo.json") || has("turbo.jsonc") {
            "turbo"
        } else {
            manager
        };
        for detail in broken {
            findings.warn("workspace_unreadable", detail);
        }
        catalogs.extend(yarn.into_catalogs());
        catalogs.extend(
            pnpm.into_iter()
                .flat_map(|all| yarnrc::catalogs(all.catalog, all.catalogs)),
        );
        // Catalogs count in a package that is alone as well.
        let has_any = !(globs.is_empty() && catalogs.is_empty());
        has_any.then_some(Self {
            kind,
            globs,
            catalogs,
        })
    }

    /// Globs are relative to the root; a later `!glob` takes folders out again, as in `.gitignore`.
    fn matcher(&self, root: &Path) -> Gitignore {
        let mut builder = GitignoreBuilder::new(root);
        for glob in &self.globs {
            let (not, glob) = glob
                .strip_prefix('!')
                .map_or(("", glob.as_str()), |g| ("!", g));
            let glob = glob.trim_start_matches("./").trim_matches('/');
            drop(builder.add_line(None, &format!("{not}/{glob}")));
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }

    /// Whether `folder` is a package of the workspace that `globs` are of; for Nx, a `project.json` is enough anywhere.
    /// <https://nx.dev/docs/reference/project-configuration>
    fn has(&self, globs: &Gitignore, folder: &Path) -> bool {
        let is_below = folder.starts_with(globs.path());
        let is_project = self.kind == "nx" && folder.join("project.json").is_file();
        is_below && (is_project || globs.matched(folder, true).is_ignore())
    }

    fn depth(&self) -> usize {
        if self.kind == "nx" {
            return GLOBSTAR_DEPTH;
        }
        let depth = |glob: &String| {
            if glob.contains("**") {
                GLOBSTAR_DEPTH
            } else {
                glob.split('/').count()
            }
        };
        self.globs.iter().map(depth).max().unwrap_or(0)
    }
}

impl PnpmWorkspace {
    fn read(root: &Path, findings: &mut Findings) -> Option<Self> {
        let name = "pnpm-workspace.yaml";
        let text = text::read(&root.join(name), MAX_SOURCE);
        let read = text.map(|text| text.map(|text| serde_saphyr::from_str::<Option<Self>>(&text)));
        match read {
            Ok(None) => None,
            Ok(Some(Ok(settings))) => Some(settings.unwrap_or_default()),
            Ok(Some(Err(_))) | Err(_) => {
                findings.warn("workspace_unreadable", format!("{name} is not valid"));
                None
            }
        }
    }
}

/// Which of the managers that share the `workspaces` field this is.
fn classic_manager(manifest: &Manifest, root: &Path) -> &'static str {
    let named = manifest.package_manager.as_deref().unwrap_or_default();
    let has = |name: &str| root.join(name).is_file();
    if named.starts_with("yarn") || (named.is_empty() && has("yarn.lock")) {
        "yarn"
    } else if named.starts_with("bun")
        || (named.is_empty() && (has("bun.lock") || has("bun.lockb")))
    {
        "bun"
    } else {
        "npm"
    }
}

/// <https://rushjs.io/pages/configs/rush_json/>
fn rush_projects(rush: Option<&Value>) -> Vec<String> {
    let projects = rush.and_then(|rush| rush.get("projects")?.as_array());
    projects
        .into_iter()
        .flatten()
        .filter_map(|project| manifest::string(project.get("projectFolder")))
        .collect()
}
