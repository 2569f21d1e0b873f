//! No other prompt exists: every command of the program, run on a terminal where nobody types, ends by itself, but for those
//! that are listed here with what they ask. A command that is not listed fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::login_support::{Terminal, line, run_with};
use crate::posthog::fake::{Fake, KEY, PROJECT};
use crate::support::process::{Home, Served};

/// How a command comes to its end on a terminal.
#[derive(Clone, Copy)]
pub(super) enum Ends {
    /// Without being asked to.
    ByItself,
    /// After an answer to this.
    Asked(&'static str),
    /// When it is stopped.
    Stopped,
}

use Ends::{Asked, ByItself, Stopped};

/// Every command with the rest of a command line that is good enough for it.
const COMMANDS: [(&str, &str, Ends); 44] = [
    ("telemetry", "", ByItself),
    ("telemetry explain", "", ByItself),
    ("telemetry status", "", ByItself),
    ("telemetry enable", "", Asked("Send this telemetry? [y/N] ")),
    ("telemetry disable", "--forget", ByItself),
    ("telemetry flush", "", ByItself),
    ("telemetry log", "--bytes", ByItself),
    ("telemetry preview", "-- analyze .", ByItself),
    (
        "telemetry record",
        "cli.command.completed -p command=analyze -p success=true --duration-ms 1",
        ByItself,
    ),
    ("telemetry verify", "", ByItself),
    ("ops catalog check", "decantr", ByItself),
    ("ops catalog diff", "decantr decantr", ByItself),
    ("ops catalog show", "", ByItself),
    (
        "telemetry link",
        "--enable --org acme",
        Asked("Send this request? [y/N] "),
    ),
    ("telemetry unlink", "", ByItself),
    ("telemetry reset", "", ByItself),
    ("telemetry forget", "", ByItself),
    ("analyze", "", ByItself),
    ("login", "", Asked("API key for ")),
    ("logout", "", ByItself),
    ("whoami", "", ByItself),
    ("generate", "man out", ByItself),
    ("ops serve", "--listen 127.0.0.1:0", Stopped),
    ("ops digest", "", ByItself),
    ("ops weekly-report", "", ByItself),
    ("ops snapshot", "", ByItself),
    ("ops health", "", ByItself),
    ("ops purge", "", ByItself),
    ("ops check", "", ByItself),
    ("ops dashboard", "", ByItself),
    ("ops query", "events-per-day", ByItself),
    ("ops demo", "", ByItself),
    ("ops org add", "other", ByItself),
    ("ops org list", "", ByItself),
    ("ops org flag", "acme --internal", ByItself),
    ("ops user flag", "user_1 --internal", ByItself),
    ("ops user list", "", ByItself),
    ("ops key create", "--scope link --org acme", ByItself),
    ("ops key revoke", "000000000000", ByItself),
    ("ops key list", "", ByItself),
    ("ops alias list", "", ByItself),
    ("ops alias candidates", "", ByItself),
    ("ops alias set", "install_1 --actor internal", ByItself),
    ("ops tail", "--once", ByItself),
];

/// More of them, and other ways to run some: nothing that is removed, overwritten or given away is asked about either.
const MORE: [(&str, &str, Ends); 16] = [
    ("ops alias remove", "install_1", ByItself),
    ("ops audit", "", ByItself),
    ("ops user delete", "user_1", Asked("for ever? [y/N] ")),
    ("ops user delete", "user_1 --yes", ByItself),
    ("ops forget", "install_1", Asked("for ever? [y/N] ")),
    ("ops forget", "install_1 --yes", ByItself),
    ("ops forget", "install_1 --json", ByItself),
    ("ops backup", "backup.db", ByItself),
    ("__deliver", "", ByItself),
    ("telemetry enable", "--yes", ByItself),
    ("telemetry enable", "--json", ByItself),
    ("telemetry link", "--org acme --yes", ByItself),
    ("telemetry link", "--org acme --dry-run", ByItself),
    ("telemetry unlink", "--local", ByItself),
    ("telemetry disable", "", ByItself),
    ("logout", "--json", ByItself),
];

pub(super) fn listed() -> impl Iterator<Item = (&'static str, &'static str, Ends)> {
    COMMANDS.into_iter().chain(MORE)
}

/// Every command that can be run, hidden ones too: the completions know them all.
fn commands() -> BTreeSet<String> {
    let home = Home::new();
    home.run(&["generate", "completions", "out"]).ok();
    let script = fs::read_to_string(home.work().join("out/decantr.bash")).unwrap();
    // `parent,name)` and, on the next line, `cmd="id"`: the id is what children call their parent.
    let mut words = BTreeMap::from([("decantr".to_owned(), String::new())]);
    let mut parents = BTreeSet::new();
    let mut lines = script.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some((parent, name)) = line.strip_suffix(')').and_then(|line| line.split_once(','))
        else {
            continue;
        };
        let Some(id) = lines.next().and_then(|line| line.strip_prefix("cmd=\"")) else {
            continue;
        };
        if let Some(above) = words.get(parent).filter(|_| name != "help") {
            let path = format!("{above} {name}").trim().to_owned();
            parents.insert(above.clone());
            words.insert(id.trim_end_matches('"').to_owned(), path);
        }
    }
    let mut found: BTreeSet<String> = words.into_values().collect();
    found.retain(|path| !parents.contains(path) || path == "telemetry");
    found
}

#[test]
fn every_command_is_listed_here() {
    let all: BTreeSet<String> = listed().map(|(words, ..)| words.to_owned()).collect();
    let mut expected = commands();
    expected.insert("__deliver".to_owned());
    assert_eq!(all, expected, "say in this file what the new command asks");
}

#[test]
fn nothing_else_is_ever_asked_of_who_has_decided_nothing() {
    let posthog = Fake::start();
    let home = private(&posthog);
    home.write(".decantr/project.json", r#"{"telemetry": true}"#);
    for command in listed() {
        // Nobody is signed in, so there is nothing to be asked about a link.
        let (words, args, ends) = command;
        let ends = if words == "telemetry link" {
            ByItself
        } else {
            ends
        };
        run(&copy(&home), (words, args, ends));
    }
}

#[test]
fn nothing_else_is_ever_asked_of_who_uses_everything() {
    let posthog = Fake::start();
    let (home, _server) = used(&posthog);
    for command in listed() {
        run(&copy(&home), command);
    }
}

/// A home that sees nothing of this machine's keyring, and whose commands all know where to go.
fn private(posthog: &Fake) -> Home {
    let mut home = Home::new().with_project();
    let store = home.store();
    home.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .set("DECANTR_STORE", store)
        .set("POSTHOG_HOST", &*posthog.url)
        .set("POSTHOG_ENVIRONMENT_ID", PROJECT.to_string())
        .set("POSTHOG_PERSONAL_API_KEY", KEY);
    home
}

/// A home that is signed in, reports, is linked, and has events that wait.
fn used(posthog: &Fake) -> (Home, Served) {
    let mut home = private(posthog);
    home.run(&["ops", "org", "add", "acme"]).ok();
    let key = |scope: &[&str]| {
        let args = [&["ops", "key", "create", "--json", "--scope"], scope].concat();
        let made = home.run(&args).exits(0).json();
        made["key"].as_str().unwrap().to_owned()
    };
    let (link, admin) = (key(&["link", "--org", "acme"]), key(&["admin"]));
    let server = home.serve();
    home.set("DECANTR_ADMIN_KEY", admin);
    let login = ["login", "--api-key-stdin", "--store", "file", "--api-url"];
    run_with(home.command(&[&login[..], &[&server.url]].concat()), &link).ok();
    home.run(&["telemetry", "link", "--enable", "--org", "acme", "--yes"])
        .ok();
    home.run(&["analyze"]).ok();
    (home, server)
}

/// The same home at another place, so that what one command does is nothing to the next.
fn copy(home: &Home) -> Home {
    let mut other = Home::new();
    for (from, to) in [(home.path(), other.path()), (home.work(), other.work())] {
        // A sender that is at work may take a file away meanwhile.
        let copied = (0..20).any(|_| {
            let copied = Command::new("cp")
                .arg("-a")
                .arg(from.join("."))
                .arg(&to)
                .stderr(Stdio::null())
                .status();
            copied.unwrap().success()
        });
        assert!(copied, "{} cannot be copied", from.display());
    }
    for (name, value) in home.command(&[]).get_envs() {
        let name = name.to_str().unwrap();
        if let Some(value) = value.filter(|_| name != "HOME") {
            other.set(name, value.to_str().unwrap());
        }
    }
    other
}

fn run(home: &Home, (words, args, ends): (&str, &str, Ends)) {
    let args: Vec<&str> = words.split(' ').chain(args.split_whitespace()).collect();
    match ends {
        ByItself => {
            let line = format!("timeout --foreground 20 {}", line(&args));
            let (shown, code) = Terminal::start_line(home, &line).end();
            assert!(code != Some(124), "{args:?} waits: {shown}");
            assert!(!shown.contains("[y/N]"), "{args:?} asks: {shown}");
        }
        Asked(question) => {
            let mut terminal = Terminal::start(home, &args);
            let (shown, code) = terminal.expect(question).write("\u{3}").end();
            assert_eq!(code, Some(130), "{args:?}: {shown}");
            assert_eq!(shown.matches(question).count(), 1, "{shown}");
        }
        Stopped => {
            // By a word of its own it is found among the servers of other tests.
            let store = home.store();
            let args = [&args[..], &["--store", &store]].concat();
            let mut terminal = Terminal::start(home, &args);
            let (shown, code) = terminal.expect("http://").signal("-TERM", &store).end();
            assert_eq!(code, Some(0), "{shown}");
        }
    }
}

/// Where the source reads what somebody types. Whoever adds a place says in this file which command asks, and what.
#[test]
fn only_these_files_ask_or_read_the_input() {
    const ASKING: [&str; 12] = [
        "cli/command/account/login.rs",
        "cli/command/ops/desk.rs",
        "cli/command/telemetry/mod.rs",
        "cli/prompt.rs",
        "cli/ui/mod.rs",
        // Only whether it is a terminal, and that it is handed on.
        "main.rs",
        // Only what a child gets.
        "cli/command/ops/demo/crew.rs",
        "cli/command/ops/demo/stage.rs",
        "client/control/verify/cage.rs",
        "client/control/verify/child.rs",
        "client/delivery/detach.rs",
        // Only what was piped into it, when `-` is named.
        "cli/command/telemetry/record.rs",
    ];
    let mut found = Vec::new();
    asking(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found.sort();
    let mut expected: Vec<String> = ASKING.map(str::to_owned).into();
    expected.sort();
    assert_eq!(found, expected);
}

fn asking(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            asking(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let words = [
                ".confirm(",
                ".ask_secret(",
                ".read_secret(",
                ".read_text(",
                "io::stdin",
                ".stdin",
                "/dev/tty",
            ];
            if words.iter().any(|word| text.contains(word)) {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
                let below = path.strip_prefix(root).unwrap();
                found.push(below.to_str().unwrap().to_owned());
            }
        }
    }
}
