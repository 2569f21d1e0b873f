//! Running the binary as a user whom permissions bind: root reads and writes everything, which would make such tests pass by
//! themselves.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

use super::process::{BINARY, Run, finish};

/// The user and group that own nothing, by Debian's and most systems' numbering.
const NOBODY: &str = "65534";

/// A copy of the binary that everybody may run; the build folder may be closed to others.
static SHARED: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join("decantr");
    fs::copy(BINARY, &path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    (folder, path)
});

/// A home and a working directory that belong to an ordinary user.
pub(crate) struct Unprivileged {
    folder: TempDir,
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Unprivileged {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let user = Self { folder };
        for name in ["home", "work"] {
            fs::create_dir(user.folder.path().join(name)).unwrap();
        }
        user.give();
        user
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a file below the working directory, as the ordinary user's.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self.give();
    }

    /// Sets the mode of a file or folder, counted from the common folder.
    pub(crate) fn chmod(&self, path: &str, mode: u32) {
        let path = self.folder.path().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Runs the binary as the ordinary user.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let binary = &SHARED.1;
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"])
                .arg(binary);
            command
        } else {
            Command::new(binary)
        };
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .current_dir(self.work())
            .stdin(Stdio::null());
        finish(command)
    }

    fn give(&self) {
        if is_root() {
            let owner = format!("{NOBODY}:{NOBODY}");
            let status = Command::new("chown")
                .args(["-R", &owner])
                .arg(self.folder.path())
                .status();
            assert!(status.unwrap().success());
        }
    }
}

/// Folders that were closed must be opened again to be removed by an ordinary user.
impl Drop for Unprivileged {
    fn drop(&mut self) {
        for name in ["home", "work"] {
            drop(fs::set_permissions(
                self.folder.path().join(name),
                fs::Permissions::from_mode(0o755),
            ));
        }
    }
}
