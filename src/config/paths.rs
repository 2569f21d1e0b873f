//! Where decantr keeps its files: three folders, from the environment or the platform's conventions.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::{ConfigError, Env, Product};

/// The variable that names the folder of settings and consent.
pub const CONFIG_DIR_VARIABLE: &str = "DECANTR_CONFIG_DIR";

/// The variable that names the folder of spool, ledger and secrets.
pub const STATE_DIR_VARIABLE: &str = "DECANTR_STATE_DIR";

/// The name of decantr's folder below the platform's.
const FOLDER: &str = "decantr";

/// Below the folders of settings and state: a folder for each other product that has any.
pub const CATALOGS_FOLDER: &str = "catalogs";

/// The folders. None of them need exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Settings and consent: `DECANTR_CONFIG_DIR`, else the platform's.
    pub config_dir: PathBuf,
    /// Spool, ledger, secrets: `DECANTR_STATE_DIR`, else the platform's.
    pub state_dir: PathBuf,
    /// A server's default store: the platform's, or below the state folder where there is no home.
    pub data_dir: PathBuf,
}

/// One of the platform's folders: its XDG variable, its place below the home, and how `directories` names it elsewhere.
struct Convention {
    variable: &'static str,
    below_home: &'static str,
    elsewhere: fn(&ProjectDirs) -> PathBuf,
}

const CONFIG: Convention = Convention {
    variable: "XDG_CONFIG_HOME",
    below_home: ".config",
    elsewhere: |dirs| dirs.config_dir().to_owned(),
};
const STATE: Convention = Convention {
    variable: "XDG_STATE_HOME",
    below_home: ".local/state",
    elsewhere: |dirs| dirs.data_local_dir().join("state"),
};
const DATA: Convention = Convention {
    variable: "XDG_DATA_HOME",
    below_home: ".local/share",
    elsewhere: |dirs| dirs.data_dir().to_owned(),
};

impl Paths {
    /// Finds the folders; creates none.
    ///
    /// # Errors
    /// When a folder is given by a relative path, or is not given and there is no home.
    pub fn resolve(env: &Env) -> Result<Self, ConfigError> {
        let config_dir = match explicit(env, CONFIG_DIR_VARIABLE)? {
            Some(path) => path,
            None => CONFIG.resolve(env)?,
        };
        let state_dir = match explicit(env, STATE_DIR_VARIABLE)? {
            Some(path) => path,
            None => STATE.resolve(env)?,
        };
        let data_dir = DATA
            .resolve(env)
            .unwrap_or_else(|_no_home| state_dir.join("data"));
        Ok(Self {
            config_dir,
            state_dir,
            data_dir,
        })
    }

    /// Finds the folders of one product; creates none. decantr's own are those of [`Paths::resolve`]; every other product has
    /// its own below them, so that its consent, its ids and its log are nobody else's.
    ///
    /// # Errors
    /// As [`Paths::resolve`].
    pub fn of(env: &Env, product: &Product) -> Result<Self, ConfigError> {
        let own = Self::resolve(env)?;
        if product.is_own() {
            return Ok(own);
        }
        let below = |folder: &Path| folder.join(CATALOGS_FOLDER).join(product.id());
        Ok(Self {
            config_dir: below(&own.config_dir),
            state_dir: below(&own.state_dir),
            data_dir: own.data_dir,
        })
    }

    /// Refuses folders that a variable puts into one of `projects` (or the work tree around it): a repository's environment
    /// file could name a consent that came with the repository. A project that holds the home folder is no such place.
    pub fn check_outside<'a>(
        env: &Env,
        projects: impl IntoIterator<Item = &'a Path>,
    ) -> Result<(), ConfigError> {
        let given = [(CONFIG_DIR_VARIABLE, CONFIG), (STATE_DIR_VARIABLE, STATE)];
        let given = given.map(|(own, convention)| {
            let own = env.path(own).map(|path| (own, path));
            let (key, path) = own.or_else(|| convention.given(env))?;
            Some((key, real(&path)))
        });
        if given.iter().all(Option::is_none) {
            return Ok(());
        }
        let home = env.path("HOME");
        for project in projects.into_iter().map(work_tree_of) {
            if home.as_ref().is_some_and(|home| home.starts_with(&project)) {
                continue;
            }
            let inside = given
                .iter()
                .flatten()
                .find(|(_, folder)| folder.starts_with(&project));
            if let Some((key, _)) = inside {
                return Err(ConfigError::InsideProject { key, project });
            }
        }
        Ok(())
    }

    /// The settings: `config.json`.
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.json")
    }
}

/// The folder that holds `.git` at or above `project`; the project itself where there is none.
fn work_tree_of(project: &Path) -> PathBuf {
    let project = real(project);
    let tree = project
        .ancestors()
        .find(|folder| folder.join(".git").symlink_metadata().is_ok());
    tree.unwrap_or(&project).to_owned()
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let existing = path
        .ancestors()
        .find_map(|above| Some((above, above.canonicalize().ok()?)));
    match existing {
        Some((above, real)) => real.join(path.strip_prefix(above).unwrap_or(Path::new(""))),
        None => path.to_owned(),
    }
}

fn explicit(env: &Env, key: &'static str) -> Result<Option<PathBuf>, ConfigError> {
    match env.path(key) {
        Some(path) if !path.is_absolute() => Err(ConfigError::NotAbsolute { key, path }),
        other => Ok(other),
    }
}

impl Convention {
    /// The folder that its XDG variable names, where that counts.
    fn given(&self, env: &Env) -> Option<(&'static str, PathBuf)> {
        let path = env.path(self.variable).filter(|path| path.is_absolute())?;
        let counts = !cfg!(any(windows, target_os = "macos"));
        counts.then(|| (self.variable, path.join(FOLDER)))
    }

    /// On Linux and its kin the snapshot decides; elsewhere `directories`, which asks the system.
    fn resolve(&self, env: &Env) -> Result<PathBuf, ConfigError> {
        if cfg!(any(windows, target_os = "macos")) {
            return ProjectDirs::from("", "", FOLDER)
                .map(|dirs| (self.elsewhere)(&dirs))
                .ok_or(ConfigError::NoHome);
        }
        // A relative XDG path is to be ignored, says the XDG base directory specification.
        if let Some((_, folder)) = self.given(env) {
            return Ok(folder);
        }
        // Daemons and containers without a home have `/`; nothing is written there.
        env.path("HOME")
            .filter(|home| home.is_absolute() && home != Path::new("/"))
            .map(|home| home.join(self.below_home).join(FOLDER))
            .ok_or(ConfigError::NoHome)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn resolve(pairs: &[(&str, &str)]) -> Result<Paths, ConfigError> {
        Paths::resolve(&Env::from_pairs(pairs.iter().copied()))
    }

    #[test]
    fn own_variables_win_over_xdg_and_xdg_over_home() {
        let home = resolve(&[("HOME", "/h")]).unwrap();
        assert_eq!(home.config_dir, Path::new("/h/.config/decantr"));
        assert_eq!(home.state_dir, Path::new("/h/.local/state/decantr"));
        assert_eq!(home.data_dir, Path::new("/h/.local/share/decantr"));
        let xdg = resolve(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")]).unwrap();
        assert_eq!(xdg.config_dir, Path::new("/x/decantr"));
        let relative = resolve(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "x")]).unwrap();
        assert_eq!(relative, home);
        let own = [
            ("XDG_CONFIG_HOME", "/x"),
            ("DECANTR_CONFIG_DIR", "/c"),
            ("DECANTR_STATE_DIR", "/s"),
        ];
        let own = resolve(&own).unwrap();
        assert_eq!(own.config_dir, Path::new("/c"));
        assert_eq!(own.data_dir, Path::new("/s/data"));
    }

    #[test]
    fn a_repository_cannot_bring_the_folders_with_it() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        let at = |path: &str| root.join(path);
        std::fs::create_dir_all(at("repo/.git")).unwrap();
        std::fs::create_dir_all(at("repo/app/cfg")).unwrap();
        let check = |key: &str, folder: &Path, home: &Path| {
            let env = Env::from_pairs([(key, folder.as_os_str()), ("HOME", home.as_os_str())]);
            Paths::check_outside(&env, [at("repo/app").as_path()])
        };
        for key in [
            CONFIG_DIR_VARIABLE,
            STATE_DIR_VARIABLE,
            CONFIG.variable,
            STATE.variable,
        ] {
            for inside in ["repo/app/cfg", "repo/cfg", "repo/app/new/cfg"] {
                let refused = check(key, &at(inside), Path::new("/h"));
                assert!(
                    matches!(refused, Err(ConfigError::InsideProject { .. })),
                    "{inside}"
                );
            }
            assert!(check(key, &at("elsewhere"), Path::new("/h")).is_ok());
            // Somebody who keeps the whole home under version control.
            assert!(check(key, &at("repo/cfg"), &at("repo/home")).is_ok());
        }
    }

    #[test]
    fn without_a_home_there_is_an_error_and_never_the_root() {
        for home in [
            &[][..],
            &[("HOME", "")],
            &[("HOME", "rel")],
            &[("HOME", "/")],
        ] {
            assert!(
                matches!(resolve(home), Err(ConfigError::NoHome)),
                "{home:?}"
            );
        }
        let relative = resolve(&[("HOME", "/h"), ("DECANTR_STATE_DIR", "s")]);
        assert!(matches!(relative, Err(ConfigError::NotAbsolute { .. })));
    }
}
