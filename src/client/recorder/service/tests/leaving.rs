//! What leaves a service, and what never does.

use super::*;
use crate::base::clock::Clock;
use crate::client::recorder::ErrorClass;

#[test]
fn a_scope_is_an_invocation_and_one_ending_with_what_is_known_of_it() {
    let (recorder, server) = taken(config().service("seed-bot", "1.4.2").unwrap());
    let properties = || [("provider", "smz3".into()), ("guild_hash", GUILD.into())];
    recorder
        .scope_with("discord.generator", properties())
        .success();
    let timeout = io::Error::from(io::ErrorKind::TimedOut);
    recorder
        .scope_with("discord.generator", properties())
        .failure(&timeout);
    drop(recorder.scope("discord.generator"));
    recorder.scope("discord.generator").cancel();
    let mut given = recorder.scope("racetime.seed.generate");
    given.set("provider", "ootr");
    given.failed(ErrorClass::Denied);
    assert!(recorder.flush(SOON));

    let said: Vec<_> = events(&server)
        .into_iter()
        .map(|event| {
            let of = |key: &str| event["properties"][key].as_str().map(str::to_owned);
            let name = event["name"].as_str().unwrap().to_owned();
            let took = event["properties"]["duration_ms"].is_i64();
            assert_ne!(took, name.ends_with("invoke"), "{event}");
            (name, of("provider"), of("status"), of("error_type"))
        })
        .collect();
    let event = |name: &str, words: [&str; 3]| {
        let [provider, status, error] = words.map(|w| (!w.is_empty()).then(|| w.to_owned()));
        (name.to_owned(), provider, status, error)
    };
    let expected = [
        event("discord.generator.invoke", ["smz3", "", ""]),
        event("discord.generator.success", ["smz3", "ok", ""]),
        event("discord.generator.invoke", ["smz3", "", ""]),
        event(
            "discord.generator.failure",
            ["smz3", "timeout", "provider_timeout"],
        ),
        event("discord.generator.invoke", ["", "", ""]),
        event(
            "discord.generator.failure",
            ["", "error", "unexpected_error"],
        ),
        event("discord.generator.invoke", ["", "", ""]),
        event(
            "racetime.seed.generate.failure",
            ["ootr", "denied", "permission_denied"],
        ),
    ];
    assert_eq!(said, expected);
    let context = &events(&server)[0]["context"];
    let expected = json!({
        "source": "discord", "environment": "production", "serviceName": "seed-bot", "serviceVersion": "1.4.2"
    });
    assert_eq!(*context, expected);
}

#[test]
fn raw_ids_never_leave_and_a_hash_that_would_be_hashed_again_says_so() {
    let (recorder, server) = taken(config());
    let tracker = recorder
        .tracker()
        .user("me@example.com")
        .session(987_654_321);
    tracker.record(
        "api.auth.login.start",
        [
            ("guild_hash", GUILD.into()),
            ("mail", "me@example.com".into()),
        ],
    );
    let opaque = recorder.tracker().user("user_5f0c").session("sess_1");
    opaque.scope("api.auth.login").success();
    drop(recorder);
    let text = String::from_utf8(inflate(&server.lock().unwrap()[0]).unwrap()).unwrap();
    for raw in ["example.com", "317465478312886273", "987654321"] {
        assert!(!text.contains(raw), "{raw}: {text}");
    }
    let events = events(&server);
    let of = |event: &Value, key: &str| event["context"][key].as_str().unwrap().to_owned();
    assert!(of(&events[0], "userId").starts_with("user_hmac-"));
    assert!(of(&events[0], "sessionId").starts_with("sess_hmac-"));
    let ids = ["userId", "sessionId"].map(|key| of(&events[1], key));
    assert_eq!(ids, ["user_5f0c", "sess_1"]);
    let hash = "535fef3efc2ff34cf9dc90963e1241eb";
    assert_eq!(events[0]["properties"]["guild_hash"], hash);

    let catalog = Catalog::embedded("conversations").unwrap();
    let mut other = config();
    other.catalog = catalog;
    let (recorder, server) = taken(other.source("api").unwrap());
    let outcome = recorder.record(
        "conversation_started",
        [("scenarioId", GUILD.into()), ("source", "QR code".into())],
    );
    assert_eq!(outcome, Recorded::Done(Outcome::Accepted));
    drop(recorder);
    let properties = super::events(&server)[0]["properties"].clone();
    assert_eq!(properties["scenarioId"], format!("hmac-{hash}"));
}

#[test]
fn without_a_salt_there_is_no_hash_and_one_warning() {
    let log = log_of(|| {
        let mut unsalted = config();
        unsalted.hash_salt = None;
        let (recorder, server) = taken(unsalted);
        for _ in 0..3 {
            recorder.record("discord.generator.invoke", [("guild_hash", GUILD.into())]);
            recorder
                .tracker()
                .user("me@example.com")
                .record("api.auth.login.start", []);
        }
        drop(recorder);
        let events = events(&server);
        assert_eq!(events.len(), 6);
        for event in events {
            assert_eq!(event["properties"], json!({}), "{event}");
            assert!(event["context"]["userId"].is_null(), "{event}");
        }
    });
    assert_eq!(count(&log, "TELEMETRY_HASH_SALT is not set"), 1, "{log}");
}

#[test]
fn the_events_of_a_scope_are_kept_together_and_say_their_rate() {
    let sampled = config()
        .sample_rate(0.5)
        .unwrap()
        .queue_size(2_000)
        .unwrap();
    let (recorder, server) = taken(sampled);
    for _ in 0..400 {
        recorder.scope("discord.generator").success();
    }
    assert!(recorder.flush(SOON));
    let events = events(&server);
    let of = |ending: &str| {
        let names = events.iter().filter_map(|event| event["name"].as_str());
        names.filter(|name| name.ends_with(ending)).count()
    };
    assert_eq!(of(".invoke"), of(".success"));
    assert!((120..280).contains(&of(".success")), "{}", of(".success"));
    assert!(
        events
            .iter()
            .all(|event| event["context"]["sampleRate"] == 0.5)
    );
    let books = recorder.books();
    assert_eq!(books.queued + books.passed_over, 800);
}

#[test]
fn without_a_key_neither_users_nor_what_is_not_public_leave() {
    let catalog = Catalog::embedded("conversations").unwrap();
    let mut keyless = config();
    keyless.ingest_key = None;
    let refusing = keyless.clone();
    keyless.catalog = catalog;
    let (recorder, server) = taken(keyless.source("web").unwrap());
    let tracker = recorder.tracker().user("user_5f0c").session("sess_1");
    let viewed = tracker.record("page_viewed", [("path", "/".into())]);
    assert_eq!(viewed, Recorded::Done(Outcome::Accepted));
    let (refusing, _) = taken(refusing);
    assert_eq!(invoke(&refusing), dropped(Reason::NotPublic));
    drop(recorder);
    let event = &events(&server)[0];
    assert_eq!(event["context"]["sessionId"], "sess_1");
    assert!(event["context"]["userId"].is_null(), "{event}");
}

#[test]
fn a_name_or_a_source_that_cannot_be_meant_is_dropped_with_its_reason() {
    let (recorder, _server) = taken(config());
    recorder.scope("discord.typo").success();
    assert_eq!(recorder.books().dropped, [(Reason::UnknownEvent, 1)]);
    let (recorder, _server) = taken(config().source("api").unwrap());
    assert_eq!(invoke(&recorder), dropped(Reason::SourceMismatch));
    let many = Catalog::embedded("conversations").unwrap();
    let several = many.events.iter().find(|event| event.sources.len() > 1);
    let name = several.unwrap().name.to_string();
    let mut of_many = config();
    of_many.catalog = many;
    let (recorder, _server) = taken(of_many);
    assert_eq!(recorder.record(&name, []), dropped(Reason::MissingSource));
}

#[test]
fn time_is_the_clocks_and_off_is_off() {
    let at = "2026-03-01T12:00:00.123456Z".parse().unwrap();
    let (recorder, server) = taken(config().clock(Clock::fixed(at)));
    let long = Duration::from_secs(1 << 40);
    recorder.record_timing("discord.generator.success", long, [("status", "ok".into())]);
    drop(recorder);
    let event = &events(&server)[0];
    assert_eq!(event["timestamp"], "2026-03-01T12:00:00.123Z");
    assert_eq!(event["properties"]["duration_ms"], 86_400_000);

    let off = Recorder::service(config().enabled(false));
    assert_eq!(invoke(&off), Recorded::Nothing);
    off.scope("discord.generator").success();
    assert!(off.flush(HOUR));
    assert_eq!(off.books(), Books::default());
}
