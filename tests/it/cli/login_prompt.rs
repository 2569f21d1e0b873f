//! Signing in at a terminal: what is asked, what stays hidden, and how the terminal is left.

use super::login::config;
use super::login_support::{Api, KEY, Terminal, home};

#[test]
fn the_prompt_names_the_server_and_shows_nothing_of_the_key() {
    let (home, api) = (home(), Api::start());
    let args = ["login", "--store", "file", "--api-url", &api.url];
    let mut terminal = Terminal::start(&home, &args);
    terminal.expect(&format!("API key for {} (named by --api-url): ", api.url));
    let (shown, code) = terminal.write(&format!("{KEY}\r")).end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("Signed in to") && !shown.contains(KEY),
        "{shown}"
    );
    home.run(&["whoami"]).ok();
}

#[test]
fn without_a_keyring_a_person_is_asked_about_the_file() {
    let (home, api) = (home(), Api::start());
    for (answer, code) in [("n\r", 3), ("y\r", 0)] {
        let mut terminal = Terminal::start(&home, &["login", "--api-url", &api.url]);
        terminal.expect("API key for").write(&format!("{KEY}\r"));
        terminal.expect("[y/N]");
        let (shown, ended) = terminal.write(answer).end();
        assert_eq!(ended, Some(code), "{shown}");
        assert!(shown.contains("there is no keyring here"), "{shown}");
        assert_eq!(config(&home, "credentials.json").exists(), code == 0);
    }
}

#[test]
fn ctrl_c_at_the_prompt_is_130_and_the_end_of_input_is_said() {
    let (home, api) = (home(), Api::start());
    for (typed, code, words) in [("dcr_ha\u{3}", 130, "interrupted"), ("\u{4}", 2, "ended")] {
        let mut terminal = Terminal::start(&home, &["login", "--api-url", &api.url]);
        terminal.expect("API key for");
        let (shown, ended) = terminal.write(typed).end();
        assert_eq!(ended, Some(code), "{shown}");
        assert!(
            shown.contains(words) && !shown.contains("dcr_ha"),
            "{shown}"
        );
    }
    assert!(home.snapshot().is_empty());
    assert!(api.requests().is_empty());
}

#[test]
fn a_signal_at_the_prompt_or_after_it_leaves_the_terminal_as_it_was() {
    let (home, api) = (home(), Api::start());
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut terminal = Terminal::start(&home, &["login", "--api-url", &api.url]);
        terminal.expect("API key for");
        terminal.signal(signal, &api.url);
        let (shown, ended) = terminal.end();
        assert_eq!(ended, Some(130), "{signal}: {shown}");
    }
    assert!(api.requests().is_empty());
    // They still end the program once the key was typed.
    let mut terminal = Terminal::start(&home, &["login", "--api-url", &api.url]);
    terminal
        .expect("API key for")
        .write(&format!("{KEY}\r"))
        .expect("[y/N]")
        .signal("-INT", &api.url);
    assert_eq!(terminal.end().1, Some(130));
    assert!(home.snapshot().is_empty());
}
