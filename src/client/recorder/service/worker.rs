//! The thread that sends a service's events: batch by batch, with patience, and without anything that could harm the service.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

use super::batch::{Fate, Frozen};
use super::books::{Counts, Told, add};
use super::chronicle::Chronicle;
use super::pace::Pace;
use super::wire::Wire;
use crate::base::clock::Clock;
use crate::model::catalog::Catalog;
use crate::model::event::Event;
use crate::model::outcome::Reason;
use crate::model::protocol::MAX_BATCH_EVENTS;

/// How often sending may panic before it is given up.
const MOST_PANICS: usize = 5;

/// The shortest time between two turns without a cause.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);

/// The longest, which a time can always be moved by.
const LONGEST_INTERVAL: Duration = Duration::from_hours(24);

/// What a service tells its thread. The answer is whether all that waited is settled.
pub(super) enum Order {
    /// Send now.
    Flush(SyncSender<bool>),
    /// Send now, and end.
    Stop(SyncSender<bool>),
}

/// What the thread is given.
pub(super) struct Given {
    pub(super) events: Receiver<Event>,
    pub(super) orders: Receiver<Order>,
    /// Told when a batch is full.
    pub(super) full: Arc<Notify>,
    pub(super) counts: Arc<Counts>,
    pub(super) wire: Box<dyn Wire>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) clock: Clock,
    pub(super) flush_interval: Duration,
    pub(super) warn_interval: Duration,
    /// Whether the server believes what it is told of losses.
    pub(super) has_key: bool,
}

/// Somebody who waits until all that waited when they came is settled.
struct Waiting {
    answer: SyncSender<bool>,
    /// How many events are settled then.
    target: u64,
    /// Whether they wait for the end, too, and with it for the last lines of the log.
    is_last: bool,
}

/// The thread's own state, which outlives a panic of one turn.
pub(super) struct Worker {
    given: Given,
    interval: Duration,
    frozen: Option<Frozen>,
    /// The losses that batches told of.
    told: Told<Reason>,
    pace: Pace,
    chronicle: Chronicle,
    waiting: Vec<Waiting>,
    /// Those who wait for the end, and what they will hear.
    last: Vec<(SyncSender<bool>, bool)>,
    settled: u64,
    /// When something is sent without another cause.
    next: Instant,
    is_stopping: bool,
}

impl Worker {
    pub(super) fn new(given: Given) -> Self {
        let interval = given
            .flush_interval
            .clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL);
        Self {
            interval,
            frozen: None,
            told: Told::default(),
            pace: Pace::default(),
            chronicle: Chronicle::new(given.warn_interval.min(LONGEST_INTERVAL)),
            waiting: Vec::new(),
            last: Vec::new(),
            settled: 0,
            next: Instant::now() + interval,
            is_stopping: false,
            given,
        }
    }

    /// Runs until the service ends. A panic in here ends a turn, not the service.
    pub(super) fn drive(mut self) {
        for _panic in 0..MOST_PANICS {
            match catch_unwind(AssertUnwindSafe(|| self.run_on_a_runtime())) {
                Ok(Ok(())) => return self.end(),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "telemetry is off: nothing can be sent");
                    return self.end();
                }
                Err(_panic) => self.recover(),
            }
        }
        tracing::warn!("telemetry is off: sending it panics");
        self.end();
    }

    fn run_on_a_runtime(&mut self) -> Result<(), std::io::Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.run());
        // Name resolution may still hang in a thread of its own; nobody waits for it.
        runtime.shutdown_background();
        Ok(())
    }

    async fn run(&mut self) {
        while !(self.is_stopping && self.waiting.is_empty()) {
            let due = self.due();
            let may_hurry = self.frozen.is_none();
            tokio::select! {
                biased;
                order = self.given.orders.recv() => self.obey(order),
                () = sleep_until(due) => self.turn().await,
                () = self.given.full.notified(), if may_hurry => self.next = Instant::now(),
            }
            self.chronicle.write(&self.given.counts, Instant::now());
        }
    }

    /// When the next turn is due.
    fn due(&self) -> Instant {
        let now = Instant::now();
        match self.pace.not_before() {
            // Who waits does not wait for a pause that nobody asked for.
            Some(until) if self.waiting.is_empty() || self.pace.is_asked_to_wait(now) => until,
            _ if !self.waiting.is_empty() => now,
            _ => self.next,
        }
    }

    fn obey(&mut self, order: Option<Order>) {
        let (answer, is_last) = match order {
            Some(Order::Flush(answer)) => (answer, false),
            Some(Order::Stop(answer)) => (answer, true),
            None => {
                self.is_stopping = true;
                return;
            }
        };
        self.is_stopping |= is_last;
        let in_hand = self.frozen.as_ref().map_or(0, Frozen::len);
        let target = self.settled + in_hand + self.given.events.len() as u64;
        self.waiting.push(Waiting {
            answer,
            target,
            is_last,
        });
        // A server that asked to be left alone is: they need not wait for what will not come.
        let is_hopeless = self.pace.is_asked_to_wait(Instant::now());
        self.answer(is_hopeless);
    }

    /// Tells those whose events are settled; where it is hopeless, all others, too.
    fn answer(&mut self, is_hopeless: bool) {
        for waiting in std::mem::take(&mut self.waiting) {
            let is_settled = waiting.target <= self.settled;
            if !is_settled && !is_hopeless {
                self.waiting.push(waiting);
            } else if waiting.is_last {
                self.last.push((waiting.answer, is_settled));
            } else {
                // Who has gone does not need it.
                let _heard = waiting.answer.try_send(is_settled);
            }
        }
    }

    /// Sends one batch, if anything waits.
    async fn turn(&mut self) {
        let now = Instant::now();
        self.next = now + self.interval;
        self.freeze();
        let Some(frozen) = &self.frozen else {
            return self.answer(false);
        };
        let fate = match self.given.wire.post(frozen.bytes.clone()).await {
            Ok(answer) => frozen.fate(&answer, self.given.clock.now()),
            Err(error) => Fate::Later {
                error,
                retry_after: None,
            },
        };
        let is_hopeless = matches!(fate, Fate::Later { .. });
        self.settle(fate);
        self.answer(is_hopeless);
        if !is_hopeless && !self.given.events.is_empty() {
            self.next = Instant::now();
        }
    }

    fn settle(&mut self, fate: Fate) {
        if let Fate::Later { error, retry_after } = fate {
            self.pace.failed(Instant::now(), retry_after);
            return self.chronicle.failed(error);
        }
        let Some(frozen) = self.frozen.take() else {
            return;
        };
        self.pace.succeeded();
        self.settled += frozen.len();
        let counts = &self.given.counts;
        match fate {
            Fate::Settled {
                accepted,
                duplicates,
                rejected,
            } => {
                add(&counts.accepted, accepted);
                add(&counts.duplicates, duplicates);
                let sum = rejected.iter().map(|(_, count)| count).sum();
                add(&counts.rejected, sum);
                self.chronicle.rejected(rejected);
            }
            Fate::Refused { status, code } => {
                self.chronicle.refused(frozen.len(), status, &code);
                self.lose(frozen, Reason::Refused);
            }
            Fate::Later { .. } => {}
        }
    }

    /// The batch is gone, and with it what it told of.
    fn lose(&mut self, frozen: Frozen, reason: Reason) {
        self.given.counts.lose(reason, frozen.len());
        self.told.take_back(frozen.losses);
    }

    /// Makes a batch of what waits, unless there is one.
    fn freeze(&mut self) {
        if self.frozen.is_some() {
            return;
        }
        let mut events = Vec::new();
        while events.len() < MAX_BATCH_EVENTS
            && let Ok(event) = self.given.events.try_recv()
        {
            events.push(event);
        }
        if events.is_empty() {
            return;
        }
        let mut losses = Vec::new();
        if self.given.has_key {
            losses = self.told.news(&self.given.counts.dropped());
        }
        let now = self.given.clock.now();
        match Frozen::of(&self.given.catalog, &events, losses, now) {
            Ok(frozen) => {
                self.told.tell(frozen.losses.iter().copied());
                self.frozen = Some(frozen);
            }
            Err(_unwritable) => {
                let lost = events.len() as u64;
                self.settled += lost;
                self.given.counts.lose(Reason::Undelivered, lost);
            }
        }
    }

    /// After a panic: the batch in hand may be what causes it, so it goes.
    fn recover(&mut self) {
        // Those who wait for it hear that it is not settled.
        self.answer(true);
        if let Some(frozen) = self.frozen.take() {
            self.settled += frozen.len();
            self.lose(frozen, Reason::Undelivered);
        }
        self.pace.failed(Instant::now(), None);
    }

    /// Nothing more is sent: what still waits is lost, and the log says so.
    fn end(mut self) {
        self.given.events.close();
        let mut lost = self.frozen.take().map_or(0, |frozen| frozen.len());
        while self.given.events.try_recv().is_ok() {
            lost += 1;
        }
        self.given.counts.lose(Reason::Undelivered, lost);
        self.chronicle.close(&self.given.counts, Instant::now());
        self.answer(true);
        for (answer, is_settled) in self.last {
            let _heard = answer.try_send(is_settled);
        }
    }
}
