//! Where decantr keeps its files: three folders, from the environment or the platform's conventions.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::{ConfigError, Env};

/// The name of decantr's folder below the platform's.
const FOLDER: &str = "decantr";

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
        let config_dir = match explicit(env, "DECANTR_CONFIG_DIR")? {
            Some(path) => path,
            None => CONFIG.resolve(env)?,
        };
        let state_dir = match explicit(env, "DECANTR_STATE_DIR")? {
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

    /// The settings: `config.json`.
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.json")
    }
}

fn explicit(env: &Env, key: &'static str) -> Result<Option<PathBuf>, ConfigError> {
    match env.path(key) {
        Some(path) if !path.is_absolute() => Err(ConfigError::NotAbsolute { key, path }),
        other => Ok(other),
    }
}

impl Convention {
    /// On Linux and its kin the snapshot decides; elsewhere `directories`, which asks the system.
    fn resolve(&self, env: &Env) -> Result<PathBuf, ConfigError> {
        if cfg!(any(windows, target_os = "macos")) {
            return ProjectDirs::from("", "", FOLDER)
                .map(|dirs| (self.elsewhere)(&dirs))
                .ok_or(ConfigError::NoHome);
        }
        // A relative XDG path is to be ignored, says the XDG base directory specification.
        if let Some(base) = env.path(self.variable).filter(|path| path.is_absolute()) {
            return Ok(base.join(FOLDER));
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
