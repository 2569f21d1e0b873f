//! The cage: a hidden entry of this program that puts itself where the kernel ends whoever breaks the promise, and then becomes
//! the program that is to be watched.
//!
//! The watched program is started by `exec` inside the cage, so it is caged from its first instruction, whichever program it is.
//! Before that the cage waits for a word from the one who watches, who meanwhile asks the kernel whether the cage is shut.

use std::ffi::{OsStr, OsString};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use super::filter;

/// The hidden argument by which the cage is started; never shown, never typed.
pub const CAGED_ARGUMENT: &str = "__caged";

/// What the cage says when it is shut.
pub(super) const SHUT: &str = "caged";

/// What it says instead when it cannot be, followed by why.
pub(super) const OPEN: &str = "not caged: ";

/// In place of a program: the cage tries itself what it forbids. Its argument is a folder that may be written to.
pub(super) const TRY: &str = "__try";

/// The exit code when the cage could not be shut, or the program not be started.
pub(super) const FAILED: u8 = 70;

/// What a cage forbids. One cage forbids one kind, so that being ended tells which promise was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Writing, making, changing or removing a file.
    Files,
    /// Starting a process.
    Processes,
    /// Opening a socket, or using one.
    Sockets,
}

impl Kind {
    /// All of them, in the order in which they are tried.
    pub(super) const ALL: [Self; 3] = [Self::Files, Self::Processes, Self::Sockets];

    /// The name of its check, and the word for it on the command line.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Processes => "processes",
            Self::Sockets => "sockets",
        }
    }
}

/// The network that a caged program finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// One of its own, in which nothing is: made by whoever may (`CAP_SYS_ADMIN`).
    Own,
    /// The same in a user namespace of its own, which ordinary users may make on many systems.
    OwnAsUser,
    /// This machine's.
    Shared,
}

impl Network {
    pub(super) const ALL: [Self; 3] = [Self::Own, Self::OwnAsUser, Self::Shared];

    /// The word for it on the command line.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::OwnAsUser => "own-as-user",
            Self::Shared => "shared",
        }
    }
}

/// The whole life of a cage: `args` are the kind, the network, the program and its arguments. Gives an exit code only where there
/// is nothing to become.
pub fn run_caged(args: &[OsString]) -> u8 {
    let [kind, network, program, args @ ..] = args else {
        return FAILED;
    };
    let kind = Kind::ALL.into_iter().find(|k| kind == k.as_str());
    let network = Network::ALL.into_iter().find(|n| network == n.as_str());
    let (Some(kind), Some(network)) = (kind, network) else {
        return FAILED;
    };
    if let Err(why) = shut(kind, network) {
        say(&format!("{OPEN}{why}"));
        return FAILED;
    }
    say(SHUT);
    if !is_told_to_go() {
        return FAILED;
    }
    match (program == TRY, args) {
        (true, [folder]) => attempt(kind, Path::new(folder)),
        (true, _) => FAILED,
        (false, args) => become_program(program, args),
    }
}

/// To the one who watches, through a pipe.
fn say(word: &str) {
    let mut out = std::io::stdout();
    drop(writeln!(out, "{word}").and_then(|()| out.flush()));
}

/// Whether the word comes. A watcher that has died says nothing.
fn is_told_to_go() -> bool {
    let mut word = [0];
    std::io::stdin().read_exact(&mut word).is_ok() && word == *b"\n"
}

fn shut(kind: Kind, network: Network) -> Result<(), String> {
    leave(network)?;
    leave_no_core();
    // Files that this process was started with stay behind; the three standard streams are pipes.
    #[cfg(unix)]
    close_fds::set_fds_cloexec(3, &[]);
    filter::install(kind)
}

/// A program that is ended for a forbidden call would leave a core file, or tell the system's crash reporter. A limit of one byte
/// keeps both away (core(5)).
fn leave_no_core() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        let current = Some(maximum.map_or(1, |most| most.min(1)));
        let _as_it_was = setrlimit(Resource::Core, Rlimit { current, maximum });
    }
}

/// Leaves this machine's network, if that is wanted.
#[cfg(target_os = "linux")]
fn leave(network: Network) -> Result<(), String> {
    use rustix::process::{getegid, geteuid};
    use rustix::thread::UnshareFlags;

    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    let flags = match network {
        Network::Shared => return Ok(()),
        Network::Own => UnshareFlags::NEWNET,
        Network::OwnAsUser => UnshareFlags::NEWNET | UnshareFlags::NEWUSER,
    };
    #[expect(
        deprecated,
        reason = "it is deprecated for what `FILES` does to threads; there is one thread here, and the flag is another"
    )]
    rustix::thread::unshare(flags).map_err(|error| format!("no network of its own: {error}"))?;
    if network == Network::OwnAsUser {
        // Files keep the owner that they have: the answer to whose they are must not depend on the cage.
        for (file, map) in [
            ("setgroups", "deny".to_owned()),
            ("uid_map", format!("{user} {user} 1")),
            ("gid_map", format!("{group} {group} 1")),
        ] {
            let path = Path::new("/proc/self").join(file);
            std::fs::write(&path, map)
                .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn leave(network: Network) -> Result<(), String> {
    match network {
        Network::Shared => Ok(()),
        Network::Own | Network::OwnAsUser => {
            Err("there are no network namespaces on this system".to_owned())
        }
    }
}

/// Tries what `kind` forbids; whoever gets to the end was not stopped.
fn attempt(kind: Kind, folder: &Path) -> u8 {
    match kind {
        Kind::Files => drop(std::fs::write(folder.join("tried"), b"")),
        Kind::Processes => {
            // It is this program, with nothing to do.
            let own = std::env::current_exe().unwrap_or_default();
            drop(Command::new(own).arg(CAGED_ARGUMENT).status());
        }
        Kind::Sockets => drop(std::net::UdpSocket::bind("127.0.0.1:0")),
    }
    0
}

#[cfg(unix)]
fn become_program(program: &OsStr, args: &[OsString]) -> u8 {
    let error = std::os::unix::process::CommandExt::exec(Command::new(program).args(args));
    drop(writeln!(
        std::io::stderr(),
        "cannot start {}: {error}",
        Path::new(program).display()
    ));
    FAILED
}

#[cfg(not(unix))]
fn become_program(_program: &OsStr, _args: &[OsString]) -> u8 {
    FAILED
}
