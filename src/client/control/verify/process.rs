//! What the kernel says about processes, read from `/proc`: who runs a detached sender, and whether a cage is shut. Where there
//! is no `/proc` it says nothing.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::client::delivery::DELIVER_ARGUMENT;
use crate::config::{CATALOG_VARIABLE, Env, Paths, Product};

/// Where it says so.
const PROC: &str = "/proc";

/// The value of `Seccomp` in a process's status when it has filters (`proc_pid_status(5)`).
const FILTERED: &str = "2";

/// What the kernel says about a caged process before it becomes the watched program. Nothing of this can be undone by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    /// Whether it has more seccomp filters than this process, and can gain no privilege. Unknown where the kernel does not count
    /// them (before 5.9) and this process has some itself.
    pub(super) is_filtered: Option<bool>,
    /// Whether its network is another one than this process's.
    pub(super) is_apart: bool,
}

/// Asks the kernel about the process `id`.
pub(super) fn seal(id: u32) -> Seal {
    let own = Path::new(PROC).join("self");
    let other = Path::new(PROC).join(id.to_string());
    let network = |of: &Path| fs::read_link(of.join("ns/net")).ok();
    Seal {
        is_filtered: is_filtered(&status(&own), &status(&other)),
        is_apart: matches!((network(&own), network(&other)), (Some(own), Some(other)) if own != other),
    }
}

fn status(of: &Path) -> String {
    fs::read_to_string(of.join("status")).unwrap_or_default()
}

fn is_filtered(own: &str, other: &str) -> Option<bool> {
    let has = |status, name| field(status, name) == Some(FILTERED);
    field(other, "Seccomp")?;
    if !has(other, "Seccomp") || field(other, "NoNewPrivs") != Some("1") {
        return Some(false);
    }
    let count = |status| field(status, "Seccomp_filters")?.parse::<u32>().ok();
    match (count(own), count(other)) {
        (Some(own), Some(other)) => Some(other > own),
        _ => (!has(own, "Seccomp")).then_some(true),
    }
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = status.lines();
    lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

/// A detached sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Running {
    /// Its process id.
    pub(super) id: u32,
    /// When it started, in the kernel's own ticks: with the id it is one process and no other.
    started: Option<String>,
}

/// The detached senders of this user that are at work in the folders `paths`.
///
/// # Errors
/// Why that cannot be known, as a phrase.
pub(super) fn senders(paths: &Paths) -> Result<Vec<Running>, String> {
    let unknown = || format!("this system has no {PROC} that tells");
    if fs::read_link(Path::new(PROC).join("self/exe")).is_err() {
        return Err(unknown());
    }
    let own = field(&status(&Path::new(PROC).join("self")), "Uid").map(str::to_owned);
    let own = own.and_then(|ids| effective(&ids).map(str::to_owned));
    let own = own.ok_or_else(unknown)?;
    let entries = fs::read_dir(PROC).map_err(|error| format!("cannot list {PROC}: {error}"))?;
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let folder = entry.path();
        let status = status(&folder);
        let is_own = field(&status, "Uid").and_then(effective) == Some(&own);
        if is_own && is_sender(&folder, paths) {
            let started = started(&folder);
            found.push(Running { id, started });
        }
    }
    found.sort_by_key(|running| running.id);
    Ok(found)
}

/// The second of the real, effective, saved and file system user ids.
fn effective(ids: &str) -> Option<&str> {
    ids.split_whitespace().nth(1)
}

fn is_sender(folder: &Path, paths: &Paths) -> bool {
    let line = fs::read(folder.join("cmdline")).unwrap_or_default();
    let mut args = line.split(|byte| *byte == 0);
    let _name = args.next();
    if args.next() != Some(DELIVER_ARGUMENT.as_bytes()) {
        return false;
    }
    // Where it works follows from its environment. One that nobody may look into could work here.
    let Ok(environment) = fs::read(folder.join("environ")) else {
        return true;
    };
    places(&environment_of(&environment))
        .is_none_or(|of| of.config_dir == paths.config_dir || of.state_dir == paths.state_dir)
}

/// Where a sender with this environment works: each product has folders of its own. Unknown where its catalog is gone.
fn places(env: &Env) -> Option<Paths> {
    let named = env.text(CATALOG_VARIABLE);
    let named = named
        .as_deref()
        .map(|name| Product::named(name, Path::new("/")));
    Paths::of(env, &named.transpose().ok()?.unwrap_or_default()).ok()
}

/// The variables as the kernel shows them: `key=value`, each with a zero byte behind it (`proc_pid_environ(5)`).
#[cfg(unix)]
fn environment_of(bytes: &[u8]) -> Env {
    use std::os::unix::ffi::OsStrExt as _;
    let variables = bytes.split(|byte| *byte == 0);
    Env::from_pairs(variables.filter_map(|variable| {
        let at = variable.iter().position(|byte| *byte == b'=')?;
        let (key, value) = variable.split_at(at);
        let text = |bytes| OsStr::from_bytes(bytes).to_owned();
        Some((text(key), text(value.get(1..)?)))
    }))
}

#[cfg(not(unix))]
fn environment_of(_bytes: &[u8]) -> Env {
    Env::default()
}

/// Field 22 of `stat`; the second one, a name in brackets, may hold blanks (`proc_pid_stat(5)`).
fn started(folder: &Path) -> Option<String> {
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cage_is_shut_when_the_kernel_counts_more_filters() {
        let status = |seccomp: u32, privileges: u32, filters: &str| {
            format!("Name:\tx\nNoNewPrivs:\t{privileges}\nSeccomp:\t{seccomp}\n{filters}")
        };
        let two = "Seccomp_filters:\t2\n";
        let free = status(0, 0, "Seccomp_filters:\t0\n");
        assert_eq!(is_filtered(&free, &status(2, 1, two)), Some(true));
        assert_eq!(is_filtered(&free, &status(2, 0, two)), Some(false));
        assert_eq!(is_filtered(&free, &status(0, 1, two)), Some(false));
        // In a container everybody has a filter already.
        let contained = status(2, 1, two);
        assert_eq!(is_filtered(&contained, &contained), Some(false));
        let three = status(2, 1, "Seccomp_filters:\t3\n");
        assert_eq!(is_filtered(&contained, &three), Some(true));
        // An older kernel does not count.
        let (old_free, old) = (status(0, 0, ""), status(2, 1, ""));
        assert_eq!(is_filtered(&old_free, &old), Some(true));
        assert_eq!(is_filtered(&old, &old), None);
        assert_eq!(is_filtered(&free, ""), None);
    }

    #[test]
    fn where_a_sender_works_follows_from_its_environment() {
        let env = environment_of(b"HOME=/h\0odd\0DECANTR_STATE_DIR=/s=s\0");
        let paths = places(&env).unwrap();
        assert_eq!(paths.config_dir, Path::new("/h/.config/decantr"));
        assert_eq!(paths.state_dir, Path::new("/s=s"));
        let env = environment_of(b"HOME=/h\0DECANTR_CATALOG=race-bot\0");
        let paths = places(&env).unwrap();
        let own = Path::new("/h/.config/decantr");
        assert_eq!(paths.config_dir, own.join("catalogs/race-bot"));
        let gone = environment_of(b"HOME=/h\0DECANTR_CATALOG=/nowhere/gone.toml\0");
        assert_eq!(places(&gone), None);
    }
}
