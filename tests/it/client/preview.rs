//! What a preview shows is what leaves, to the byte, and looking at it makes nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use decantr::client::control::{self, Observed, Preview};
use decantr::config::Asked;
use serde_json::Value;

use super::support::Machine;

fn command() -> [Observed<'static>; 1] {
    let properties = vec![
        ("command".into(), "analyze".into()),
        ("durationMs".into(), 12_i64.into()),
        ("success".into(), true.into()),
    ];
    [("cli.command.completed".into(), properties)]
}

fn preview(machine: &Machine) -> Preview {
    let observed = command();
    let command = Some(("analyze".to_owned(), observed.as_slice()));
    control::preview(&machine.host(), &Asked::default(), command).unwrap()
}

#[test]
fn a_look_makes_nothing_whatever_was_decided() {
    let mut machine = Machine::new();
    for step in ["undecided", "on", "refused", "forced off"] {
        match step {
            "on" => drop(machine.enable()),
            "refused" => drop(control::disable(&machine.host(), &Asked::default(), false).unwrap()),
            "forced off" => machine.set("DO_NOT_TRACK", "1"),
            _ => {}
        }
        let before = machine.snapshot();
        let seen = preview(&machine);
        assert_eq!(machine.snapshot(), before, "{step}");
        assert_eq!(seen.now.requests.len(), usize::from(step == "on"), "{step}");
        let then = usize::from(step != "forced off");
        assert_eq!(seen.if_enabled.requests.len(), then, "{step}");
        if step == "forced off" {
            assert!(seen.if_enabled.why[0].contains("DO_NOT_TRACK"));
        }
        for request in seen.now.requests.iter().chain(&seen.if_enabled.requests) {
            assert!(
                request.body.contains("install_00000000-0000"),
                "{}",
                request.body
            );
            let body = super::server::inflate(&STANDARD.decode(&request.base64).unwrap());
            assert_eq!(request.body.as_bytes(), body);
        }
    }
}

/// The first request that arrives at a plain socket, head and body as they came.
fn capture(listener: &TcpListener) -> Vec<u8> {
    let (mut stream, _) = listener.accept().unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let length = text
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.split('\r').next()?.parse::<usize>().ok());
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let (Some(length), Some(head)) = (length, head)
            && bytes.len() >= head + 4 + length
        {
            break;
        }
        assert!(read > 0, "the request ended early");
    }
    stream
        .write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")
        .unwrap();
    bytes
}

#[test]
fn what_was_previewed_is_what_leaves_to_the_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &url);
    machine.enable();
    machine.record();
    let shown = |machine: &Machine| {
        let preview = control::preview(&machine.host(), &Asked::default(), None).unwrap();
        assert_eq!(preview.now.requests.len(), 1);
        preview.now.requests[0].clone()
    };
    let before = shown(&machine);
    let host = machine.host();
    let sent = std::thread::scope(|scope| {
        let captured = scope.spawn(|| capture(&listener));
        control::flush(&host, &Asked::default()).unwrap();
        captured.join().unwrap()
    });
    let frozen = shown(&machine);
    let mut expected = frozen.head.clone().into_bytes();
    expected.extend(STANDARD.decode(&frozen.base64).unwrap());
    assert_eq!(
        String::from_utf8_lossy(&sent),
        String::from_utf8_lossy(&expected)
    );
    // Before it was frozen only the batch's id was not known yet.
    let [mut before, mut frozen]: [Value; 2] =
        [before.body, frozen.body].map(|body| serde_json::from_str(&body).unwrap());
    for body in [&mut before, &mut frozen] {
        body["batchId"] = Value::Null;
    }
    assert_eq!(before, frozen);
}

#[test]
fn what_the_grant_does_not_cover_is_said() {
    let machine = Machine::new();
    let terms = control::Terms {
        only: vec!["product_activation".to_owned()],
        ..control::Terms::default()
    };
    let plan = control::plan_enable(&machine.host(), &Asked::default(), terms).unwrap();
    plan.commit(
        &machine.host(),
        &Asked::default(),
        decantr::client::consent::Actor::YesFlag,
    )
    .unwrap();
    let seen = preview(&machine);
    assert!(seen.now.requests.is_empty());
    assert!(
        seen.now.why[0].contains("does not cover"),
        "{:?}",
        seen.now.why
    );
    assert_eq!(seen.if_enabled.requests.len(), 1);
}
