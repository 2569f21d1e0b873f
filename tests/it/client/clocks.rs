//! Clocks that jump: to the ends of time, years ahead and back again, past the end of a grant while something is being sent.

use std::time::Duration;

use decantr::client::consent::{Actor, Effective};
use decantr::client::control;
use decantr::client::delivery::{DeliveryState, End, Sender, Urgency};
use decantr::client::recorder::Recorded;
use decantr::config::Asked;
use decantr::model::outcome::Outcome;
use jiff::{SignedDuration, Timestamp};

use super::delivery::machine;
use super::lived::Lived;
use super::server::{Behaviour, Server};
use super::spool::dropped;
use super::support::{Machine, flush, outcomes, validator};

const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
const ACCEPTED: Recorded = Recorded::Done(Outcome::Accepted);

/// Agrees until so long from now.
fn enable_for(machine: &Machine, time: SignedDuration) {
    let (host, asked) = (machine.host(), Asked::default());
    let terms = control::Terms {
        until: machine.now().checked_add(time).ok(),
        ..control::Terms::default()
    };
    let plan = control::plan_enable(&host, &asked, terms).unwrap();
    plan.commit(&host, &asked, Actor::YesFlag).unwrap();
}

#[test]
fn no_time_makes_a_command_panic_or_says_no_for_a_person() {
    let lived = Lived::new();
    let (clock, asked) = (&lived.machine.clock, Asked::default());
    let start = clock.now();
    for at in [
        Timestamp::MIN,
        "0001-01-01T00:00:00Z".parse().unwrap(),
        "1969-12-31T23:59:59Z".parse().unwrap(),
        Timestamp::UNIX_EPOCH,
        "2026-02-28T12:00:00Z".parse().unwrap(),
        "2038-01-19T03:14:08Z".parse().unwrap(),
        Timestamp::MAX,
    ] {
        clock.advance(at.duration_since(clock.now()));
        let host = lived.machine.host();
        let status = control::status(&host, &asked).unwrap();
        assert_eq!(status.effective, Effective::On, "{at}");
        assert_eq!(status.problems, Vec::<String>::new(), "{at}");
        assert!(matches!(lived.record(), Recorded::Done(_)), "{at}");
        drop(control::flush(&host, &asked).unwrap());
        control::log(&host, &asked, true).unwrap();
        control::unlink(&host, &asked, true).unwrap();
        control::reset(&host, &asked).unwrap();
        lived.record();
        lived.machine.enable();
        lived.record();
        let disabled = control::disable(&host, &asked, true).unwrap();
        assert_eq!(disabled.residue, Vec::<String>::new(), "{at}");
        assert_eq!(lived.record(), Recorded::Nothing, "{at}");
        lived.put_back();
    }
    clock.advance(start.duration_since(clock.now()));
    assert!(matches!(lived.record(), Recorded::Done(_)));
}

#[test]
fn what_was_recorded_and_tried_while_the_clock_was_ahead_blocks_nothing_when_it_is_right_again() {
    for ahead in [YEAR, YEAR * 90, SignedDuration::from_hours(25)] {
        let server = Server::start();
        let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
        machine.enable();
        machine.clock.advance(ahead);
        assert_eq!(machine.record(), ACCEPTED);
        server.behave(Behaviour::Says(503, Some(3600), ""));
        assert!(flush(&machine).failed);
        assert_eq!(machine.record(), ACCEPTED);
        machine.clock.advance(-ahead);
        server.behave(Behaviour::Good);
        assert_eq!(machine.record(), ACCEPTED);
        // Nobody waits for the time at which the wrong clock wanted to try again.
        let (gate, host) = (machine.gate(), machine.host());
        let sender = Sender::new(&gate, &host, Duration::from_secs(10)).unwrap();
        let report = sender.run(Urgency::Background);
        assert!(matches!(report.end, End::Done), "{ahead}: {:?}", report.end);
        assert!(machine.spool().is_empty(), "{ahead}");
        // The batch that had been frozen goes as it is; what came from the future after that is dropped, and said to be.
        let told = dropped(&machine);
        assert!(
            told.iter().all(|(_, reason)| reason == "too_new"),
            "{told:?}"
        );
        let accepted = outcomes(&machine)
            .iter()
            .filter(|o| *o == "accepted")
            .count();
        assert_eq!(accepted + told.len(), 3, "{ahead}: {told:?}");
        assert!(!told.is_empty(), "{ahead}");
    }
}

#[test]
fn what_was_recorded_before_the_clock_went_back_is_not_old() {
    for back in [YEAR, SignedDuration::from_hours(1)] {
        let server = Server::start();
        let machine = machine(&server);
        machine.spool().freeze(&validator()).unwrap();
        machine.clock.advance(-back);
        assert_eq!(machine.record(), ACCEPTED);
        let flushed = flush(&machine);
        assert_eq!((flushed.failed, flushed.waiting), (false, 0), "{back}");
        assert_eq!(outcomes(&machine), ["accepted", "accepted"], "{back}");
    }
}

/// A pause that lies ahead of the clock by more than any server can ask for is no pause.
#[test]
fn a_state_of_delivery_from_the_future_is_no_reason_to_wait() {
    let machine = Machine::new();
    machine.enable();
    let later = machine.now().checked_add(YEAR).unwrap();
    let state = DeliveryState {
        last_attempt: Some(later),
        failures: 9,
        not_before: Some(later),
        server_asked: true,
        ..DeliveryState::default()
    };
    for urgency in [Urgency::Background, Urgency::BuildMachine, Urgency::Person] {
        assert_eq!(state.pause(urgency, machine.now()), None, "{urgency:?}");
        assert_eq!(state.pause(urgency, Timestamp::MAX), None, "{urgency:?}");
        assert_eq!(state.pause(urgency, Timestamp::MIN), None, "{urgency:?}");
    }
}

#[test]
fn nothing_is_sent_under_a_grant_that_ended_before_or_while_it_is_sent() {
    let hour = SignedDuration::from_hours(1);
    for (within, expected) in [(false, 0), (true, 1)] {
        let server = Server::start();
        let machine = Machine::new().with("DECANTR_TELEMETRY_ENDPOINT", &server.url);
        enable_for(&machine, hour);
        let recorder = machine.recorder();
        for _ in 0..150 {
            super::support::record(&recorder);
        }
        let (gate, host) = (machine.gate(), machine.host());
        let clock = machine.clock.clone();
        if within {
            server.behave(Behaviour::After(Box::new(move || clock.advance(hour))));
        } else {
            clock.advance(hour);
        }
        let sender = Sender::new(&gate, &host, Duration::from_secs(10)).unwrap();
        let end = sender.run(Urgency::Person).end;
        assert!(matches!(end, End::Withdrawn), "{end:?}");
        assert_eq!(server.posts().len(), expected);
        assert_eq!(machine.record(), Recorded::Nothing);
        assert!(!flush(&machine).permitted);
        assert_eq!(server.posts().len(), expected);
    }
}

#[test]
fn the_log_outlives_a_clock_that_was_ahead() {
    let server = Server::start();
    let machine = machine(&server);
    flush(&machine);
    machine.clock.advance(SignedDuration::from_hours(24));
    machine.record();
    flush(&machine);
    // Within the time that the log remembers, and a day in the future afterwards.
    machine.clock.advance(SignedDuration::from_hours(24 * 60));
    machine.record();
    flush(&machine);
    machine.clock.advance(SignedDuration::from_hours(-24 * 61));
    machine.record();
    flush(&machine);
    assert_eq!(outcomes(&machine), ["accepted"; 4]);
    let log = control::log(&machine.host(), &Asked::default(), true).unwrap();
    assert_eq!((log.sent.len(), log.unreadable), (4, 0));
}
