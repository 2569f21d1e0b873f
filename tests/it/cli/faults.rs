//! What goes wrong around a command must not change it: a slow server, a full disk, a killed sender.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use decantr::base::clock::Clock;
use serde_json::Value;

use crate::support::process::{BINARY, Home, finish};

fn enabled(endpoint: &str) -> Home {
    let mut home = Home::new().with_project();
    home.set("DECANTR_TELEMETRY_ENDPOINT", endpoint);
    home.run(&["telemetry", "enable", "--yes"]).ok();
    home
}

#[test]
fn a_command_does_not_wait_for_a_server_that_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = enabled(&format!("http://{}", listener.local_addr().unwrap()));
    home.run(&["analyze"]).ok();
    // The command has ended; its sender is still there, talking to a wall.
    assert!(!has_hung_up(&listener), "before the command ended");
}

/// Whether the one sender that connected is gone.
fn has_hung_up(listener: &TcpListener) -> bool {
    let (mut connection, _) = listener.accept().unwrap();
    connection
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    let mut bytes = [0; 4096];
    loop {
        match connection.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn whoever_reads_what_a_command_was_given_does_not_wait_for_its_sender() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = enabled(&format!("http://{}", listener.local_addr().unwrap()));
    // Descriptor 3 is the pipe too, and `cat` reads until nobody has it any more.
    let script = format!("( {BINARY} analyze ) 3>&1 | cat");
    let traced = home.command(&[]);
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir(traced.get_current_dir().unwrap());
    for (name, value) in traced.get_envs() {
        command.env(name, value.unwrap());
    }
    let run = finish(command);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!has_hung_up(&listener), "`cat` waited for the sender");
}

#[test]
fn what_a_server_refuses_is_not_called_delivered() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = enabled(&format!("http://{}", listener.local_addr().unwrap()));
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut bytes = [0; 4096];
        // The head with its blank line is enough to know that this is the request.
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = connection.read(&mut bytes).unwrap();
            request.extend_from_slice(&bytes[..count]);
        }
        let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        connection.write_all(answer).unwrap();
        // What is still on its way is read, so that the answer is not cut off.
        drop(connection.shutdown(std::net::Shutdown::Write));
        while connection.read(&mut bytes).is_ok_and(|count| count > 0) {}
    });
    // A background sender that has just tried leaves the rest to `flush`.
    let spool = home.path().join(".local/state/decantr/spool/1");
    let just_now = serde_json::json!({ "lastAttempt": Clock::system().now() });
    fs::write(spool.join("delivery.json"), just_now.to_string()).unwrap();
    home.run(&["analyze"]).ok();
    let run = home.run(&["telemetry", "flush"]).exits(6);
    server.join().unwrap();
    assert!(run.stdout.starts_with("refused 2 events"), "{}", run.stdout);
    assert!(run.stderr.contains("refused 2 events"), "{}", run.stderr);
    assert!(!run.stderr.contains("by itself"), "{}", run.stderr);
    let status = home.run(&["telemetry", "status"]).ok();
    assert!(status.contains("refused 2 events"), "{status}");
}

#[test]
fn a_sender_that_is_killed_in_the_middle_loses_nothing_and_repeats_the_same_bytes() {
    let wall = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = wall.local_addr().unwrap();
    let home = enabled(&format!("http://{address}"));
    home.run(&["analyze"]).ok();
    let mut flush = home.command(&["telemetry", "flush"]).spawn().unwrap();
    let (_connection, _) = wall.accept().unwrap();
    flush.kill().unwrap();
    flush.wait().unwrap();
    // Whoever holds the sender's lock, the events wait frozen or queued; none is gone.
    let status = home.run(&["telemetry", "status", "--json"]).json();
    assert_eq!(status["spool"]["events"], 2);
}

/// A disk with no room left, made of memory; needs a mount namespace.
#[test]
fn a_full_disk_changes_nothing_and_what_is_lost_is_counted() {
    let home = Home::new().with_project();
    let script = format!(
        "set -e
         mkdir -p $HOME/.local/state
         mount -t tmpfs -o size=256k tmpfs $HOME/.local/state
         {BINARY} telemetry enable --yes > /dev/null
         date -u '+{{\"lastAttempt\":\"%Y-%m-%dT%H:%M:%SZ\"}}' > $HOME/.local/state/decantr/spool/1/delivery.json
         {BINARY} analyze --json > before.json
         dd if=/dev/zero of=$HOME/.local/state/fill bs=1k 2> /dev/null || true
         for run in 1 2 3 4 5 6; do {BINARY} analyze --json > full.json 2> full.err; done
         rm $HOME/.local/state/fill
         {BINARY} telemetry status --json > status.json"
    );
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--map-root-user", "sh", "-c", &script])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        // Delivery would write too, at a time of its own; it has just been tried, and there is nobody.
        .env("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:9")
        .current_dir(home.work());
    finish(command).ok();
    let json = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(home.work().join(name)).unwrap()).unwrap()
    };
    let same = |key: &str| assert_eq!(json("full.json")[key], json("before.json")[key]);
    same("routing");
    same("framework");
    let stderr = fs::read_to_string(home.work().join("full.err")).unwrap();
    assert_eq!(stderr, "wrote .decantr/analysis.json\n");
    let spool = &json("status.json")["spool"];
    let kept = spool["events"].as_u64().unwrap();
    let lost = spool["lost"].as_u64().unwrap();
    assert_eq!(kept + lost, 14, "{spool}");
    assert!(lost > 0, "the disk was not full: {spool}");
}
