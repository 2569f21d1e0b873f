//! The real keyring: gnome-keyring on a session bus of its own, open, locked, never set up, absent, and hanging.

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};

use decantr::base::fsx;

use super::login_support::{Api, KEY, login, run_with};
use crate::support::process::{BINARY, Home, Run, finish};
use crate::support::trace::Trace;

/// Opens the keyring, which is made when there is none yet.
const OPEN: &str =
    "printf 'a password\\n' | gnome-keyring-daemon --unlock --components=secrets >&2";

/// Starts the keyring without its password.
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >&2";

/// A bus on which nobody keeps secrets, and nobody can be started who would.
const EMPTY_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// Runs a shell script on a session bus of its own. `$decantr` is the binary, `$key` a file with the key, `$url` a server.
fn on_a_bus(home: &Home, api: &Api, options: &[&str], script: &str) -> Run {
    let key = home.work().join("key");
    std::fs::write(&key, KEY).unwrap();
    let mut command = Command::new("dbus-run-session");
    command
        .args(options)
        .args(["--", "sh", "-e", "-c", script])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("decantr", BINARY)
        .env("key", key)
        .env("url", &api.url)
        .current_dir(home.work());
    finish(command)
}

fn on_a_desktop(home: &Home, api: &Api, keyring: &str, script: &str) -> Run {
    on_a_bus(home, api, &[], &format!("{keyring}\n{script}"))
}

fn notes(home: &Home) -> String {
    let file = home.path().join(".config/decantr/credentials.json");
    std::fs::read_to_string(file).unwrap_or_default()
}

/// No file below the home holds the key.
fn is_hidden(home: &Home) -> bool {
    home.snapshot()
        .values()
        .all(|bytes| !bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes()))
}

const LOGIN: &str = "\"$decantr\" login --api-key-stdin --api-url \"$url\" < \"$key\"";

const LOOK_UP: &str = "secret-tool lookup service decantr username \"$url\"";

#[test]
fn a_key_is_stored_read_back_and_removed() {
    let (home, api) = (Home::new(), Api::start());
    let script = format!(
        "{LOGIN} >&2
        \"$decantr\" whoami --json
        test \"$({LOOK_UP})\" = \"$(cat \"$key\")\" && echo found >&2"
    );
    let run = on_a_desktop(&home, &api, OPEN, &script).exits(0);
    assert_eq!(run.json()["keyFrom"], "keyring");
    for words in ["the keyring", "found"] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(notes(&home).contains("\"store\": \"keyring\"") && is_hidden(&home));

    let script = format!("\"$decantr\" logout\n! {LOOK_UP}");
    let out = on_a_desktop(&home, &api, OPEN, &script).ok();
    assert!(out.contains("removed from the keyring"), "{out}");
    assert_eq!(notes(&home), "");
}

#[test]
fn a_key_that_moves_leaves_its_old_place() {
    let (home, api) = (Home::new(), Api::start());
    let to_file = format!("{LOGIN} --store file >&2");
    let script = format!("{LOGIN} >&2\n{to_file}\n! {LOOK_UP}\n\"$decantr\" whoami --json");
    let run = on_a_desktop(&home, &api, OPEN, &script).exits(0);
    assert_eq!(run.json()["keyFrom"], "file");
    assert!(notes(&home).contains(KEY));
    on_a_desktop(&home, &api, OPEN, LOGIN).ok();
    assert!(!notes(&home).contains(KEY) && is_hidden(&home));
}

#[test]
fn a_key_that_went_from_the_keyring_is_said() {
    let (home, api) = (Home::new(), Api::start());
    let script = format!(
        "{LOGIN} >&2
        secret-tool clear service decantr username \"$url\"
        \"$decantr\" whoami"
    );
    let run = on_a_desktop(&home, &api, OPEN, &script).exits(5);
    let words = "the keyring does not have the key any more";
    assert!(run.stderr.contains(words), "{}", run.stderr);
    let out = on_a_desktop(&home, &api, OPEN, "\"$decantr\" logout").ok();
    assert!(out.contains("Signed out"), "{out}");
}

#[test]
fn a_locked_keyring_is_said_and_the_note_stays() {
    let (home, api) = (Home::new(), Api::start());
    on_a_desktop(&home, &api, OPEN, LOGIN).ok();
    let before = notes(&home);
    let asked = api.requests().len();
    for (command, sends) in [("whoami", false), ("logout", false), (LOGIN, true)] {
        let command = command.strip_prefix("\"$decantr\" ").unwrap_or(command);
        let start = Instant::now();
        let script = format!("\"$decantr\" {command}");
        let run = on_a_desktop(&home, &api, LOCKED, &script).exits(3);
        assert!(
            run.stderr.contains("the keyring is locked"),
            "{}",
            run.stderr
        );
        assert!(start.elapsed() < Duration::from_secs(15));
        assert_eq!(api.requests().len() > asked, sends);
    }
    assert_eq!(notes(&home), before);
}

#[test]
fn a_keyring_that_was_never_set_up_is_said() {
    let (home, api) = (Home::new(), Api::start());
    let run = on_a_desktop(&home, &api, LOCKED, LOGIN).exits(3);
    assert!(run.stderr.contains("never set up"), "{}", run.stderr);
    assert!(run.stderr.contains("--store file"), "{}", run.stderr);
    assert_eq!(notes(&home), "");
}

#[test]
fn a_bus_without_a_keyring_is_said() {
    let (home, api) = (Home::new(), Api::start());
    let conf = home.work().join("bus.conf");
    std::fs::write(&conf, EMPTY_BUS).unwrap();
    let option = format!("--config-file={}", conf.display());
    let run = on_a_bus(&home, &api, &[&option], LOGIN).exits(0);
    assert!(
        run.stderr.contains("there is no keyring here"),
        "{}",
        run.stderr
    );
    assert!(notes(&home).contains("\"store\": \"file\""));
}

/// A bus that takes connections and then says nothing: the keyring's own code would wait for ever.
#[test]
fn a_keyring_that_hangs_is_given_up_after_five_seconds() {
    let (mut home, api) = (Home::new(), Api::start());
    let socket = home.work().join("bus");
    let _silent = UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    home.set("DBUS_SESSION_BUS_ADDRESS", address);
    let start = Instant::now();
    let args = ["login", "--api-key-stdin", "--api-url", &api.url];
    let run = run_with(home.command(&args), KEY).exits(3);
    let waited = start.elapsed();
    assert!(
        run.stderr.contains("did not answer within 5 s"),
        "{}",
        run.stderr
    );
    assert!(waited < Duration::from_secs(8), "{waited:?}");
    assert!(home.snapshot().is_empty());
    // Nor do commands that need no key ask for it where the note says that it lies there.
    let note = format!(
        r#"{{"schemaVersion":1,"accounts":[{{"origin":"{}","store":"keyring"}}]}}"#,
        api.url
    );
    let folder = home.path().join(".config/decantr");
    fsx::create_private_dir(&folder).unwrap();
    fsx::write_atomic(&folder.join("credentials.json"), note.as_bytes()).unwrap();
    for args in [
        &["telemetry", "status"][..],
        &["telemetry", "explain"],
        &["--version"],
    ] {
        let trace = Trace::of(&home, args);
        assert_eq!(
            (trace.run.code, trace.sockets().len()),
            (Some(0), 0),
            "{args:?}"
        );
    }
    fsx::remove(&folder.join("credentials.json")).unwrap();
    // A key that lies in the file is found without it.
    login(&home, &api.url).ok();
    let start = Instant::now();
    home.run(&["whoami"]).ok();
    home.run(&["logout"]).ok();
    assert!(start.elapsed() < Duration::from_secs(4));
}
