//! What a service loses, who is told, and that nothing of it reaches the caller.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[test]
fn a_full_queue_drops_what_comes_logs_once_and_tells_the_server_with_the_next_batch() {
    let log = log_of(|| {
        let server = Server::default();
        let seen = Arc::clone(&server);
        let fake = Fake(move |bytes: Vec<u8>| {
            let answer = accept(&bytes);
            seen.lock().unwrap().push(bytes);
            Ok(answer)
        });
        let mut later = None;
        let config = config().queue_size(150).unwrap();
        let hold = |run: Box<dyn FnOnce() + Send>| {
            later = Some(run);
            Ok(())
        };
        let recorder = recorder_of(Service::start(config, Box::new(fake), hold).unwrap());
        for event in 0..200 {
            let expected = if event < 150 {
                Recorded::Done(Outcome::Accepted)
            } else {
                dropped(Reason::QueueOverflow)
            };
            assert_eq!(invoke(&recorder), expected);
        }
        assert_eq!(
            recorder.record("discord.typo", []),
            dropped(Reason::UnknownEvent)
        );
        run(later.unwrap()).unwrap();
        assert!(recorder.flush(SOON));
        invoke(&recorder);
        assert!(recorder.flush(SOON));
        let bodies: Vec<Value> = server.lock().unwrap().iter().map(|b| body_of(b)).collect();
        let sizes: Vec<_> = bodies
            .iter()
            .map(|b| b["events"].as_array().unwrap().len())
            .collect();
        assert_eq!(sizes, [100, 50, 1]);
        let losses: Vec<_> = bodies.iter().map(|body| body["losses"].clone()).collect();
        let told = json!({ "queue_overflow": 50, "unknown_event": 1 });
        assert_eq!(losses, [told, Value::Null, Value::Null]);
        let books = recorder.books();
        assert_eq!((books.queued, books.accepted), (151, 151));
        assert_eq!(
            books.dropped,
            [(Reason::UnknownEvent, 1), (Reason::QueueOverflow, 50)]
        );
    });
    assert_eq!(count(&log, "telemetry dropped events"), 1, "{log}");
    assert!(log.contains("unknown_event 1, queue_overflow 50"), "{log}");
}

#[test]
fn a_batch_is_sent_again_to_the_byte_and_logged_once_an_interval() {
    let log = log_of(|| {
        let server = Server::default();
        let seen = Arc::clone(&server);
        let recorder = recorder(config(), move |bytes| {
            let tried = {
                let mut seen = seen.lock().unwrap();
                seen.push(bytes.clone());
                seen.len()
            };
            match tried {
                1 => Err("no answer from nowhere".to_owned()),
                2 => Ok(answer(500, &json!({}))),
                3 => Ok(answer(202, &json!("what?"))),
                _ => Ok(accept(&bytes)),
            }
        });
        invoke(&recorder);
        for _failing in 0..3 {
            assert!(!recorder.flush(SOON), "it does not wait for a miracle");
        }
        invoke(&recorder);
        assert!(recorder.flush(SOON));
        let bytes = server.lock().unwrap().clone();
        assert_eq!(bytes.len(), 5);
        assert!(bytes[..4].iter().all(|again| *again == bytes[0]));
        assert_eq!(recorder.books().accepted, 2);
    });
    // One at once, and at the end what was not said before.
    assert_eq!(count(&log, "could not be sent"), 2, "{log}");
    assert!(log.contains("attempts=2"), "{log}");
}

#[test]
fn a_server_that_asks_for_a_pause_has_it() {
    let tried = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tried);
    let recorder = recorder(config(), move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(Answer {
            retry_after: Some(600),
            ..answer(503, &json!({}))
        })
    });
    invoke(&recorder);
    for _hurry in 0..3 {
        assert!(!recorder.flush(SOON));
    }
    drop(recorder);
    assert_eq!(tried.load(Ordering::SeqCst), 1);
}

#[test]
fn a_refused_batch_is_gone_counted_and_logged_by_its_code() {
    let log = log_of(|| {
        let server = Server::default();
        let seen = Arc::clone(&server);
        let recorder = recorder(config(), move |bytes| {
            let mut seen = seen.lock().unwrap();
            seen.push(bytes.clone());
            let said = json!({ "code": "invalid_key", "detail": "the secret detail" });
            Ok(if seen.len() == 1 {
                answer(401, &said)
            } else {
                accept(&bytes)
            })
        });
        recorder.record("discord.typo", []);
        invoke(&recorder);
        assert!(recorder.flush(SOON), "it is settled, if badly");
        assert_eq!(recorder.books().accepted, 0);
        invoke(&recorder);
        assert!(recorder.flush(SOON));
        let last = body_of(server.lock().unwrap().last().unwrap());
        let told = json!({ "unknown_event": 1, "refused_by_server": 1 });
        assert_eq!(
            last["losses"], told,
            "what the refused batch told of is told again"
        );
    });
    assert!(log.contains("401 invalid_key"), "{log}");
    assert!(!log.contains("secret") && !log.contains("smz3"), "{log}");
}

#[test]
fn a_panic_while_sending_costs_its_batch_and_nothing_else() {
    let tried = AtomicUsize::new(0);
    let recorder = recorder(config(), move |bytes| {
        assert!(
            tried.fetch_add(1, Ordering::SeqCst) > 0,
            "a panic of the first request"
        );
        Ok(accept(&bytes))
    });
    invoke(&recorder);
    assert!(!recorder.flush(SOON));
    invoke(&recorder);
    assert!(recorder.flush(SOON));
    let books = recorder.books();
    assert_eq!((books.queued, books.accepted), (2, 1));
    assert_eq!(books.dropped, [(Reason::Undelivered, 1)]);
}

#[test]
fn sending_that_always_panics_ends_and_recording_goes_on_for_nothing() {
    let recorder = recorder(config(), |_| panic!("always"));
    for _ in 0..20 {
        invoke(&recorder);
        recorder.flush(SOON);
    }
    assert_eq!(invoke(&recorder), dropped(Reason::Undelivered));
    assert!(!recorder.flush(SOON));
    let books = recorder.books();
    assert_eq!(books.dropped, [(Reason::Undelivered, 21)]);
}

#[test]
fn a_thread_that_cannot_start_is_told_and_one_that_never_runs_holds_nobody_up() {
    let wire = || Box::new(Fake(|bytes: Vec<u8>| Ok(accept(&bytes))));
    let cannot = |_| Err(io::Error::from(io::ErrorKind::OutOfMemory));
    assert!(Service::start(config(), wire(), cannot).is_err());
    let never = |run: Box<dyn FnOnce() + Send>| {
        drop(run);
        Ok(())
    };
    let recorder = recorder_of(Service::start(config(), wire(), never).unwrap());
    assert_eq!(invoke(&recorder), dropped(Reason::Undelivered));
    assert!(!recorder.flush(HOUR));
    drop(recorder);
}
