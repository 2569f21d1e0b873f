//! The rules of consent, as one small machine. It can be read as their documentation; `mod.rs` holds the program to it.

use std::collections::BTreeSet;

/// What a person decided.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    /// Nothing: neither yes nor no. Where everybody begins.
    Undecided,
    /// Yes, on terms.
    Granted(Terms),
    /// No. Only `enable` leaves it.
    Refused,
}

/// The terms of a yes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Terms {
    /// The catalog revision that was agreed to; what is newer is not sent.
    pub(super) revision: u32,
    /// Whether only the bucket `use` was chosen, which leaves `notes.edit.completed` out.
    pub(super) only_use: bool,
    /// Whether it holds on a person's machine.
    pub(super) local: bool,
    /// Whether it holds on build machines.
    pub(super) ci: bool,
    /// The hour at which it ends.
    pub(super) until: Option<i64>,
}

/// What can say no above the person's record. None of these can say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// The administrator forbids it, or the policy cannot be read.
    Policy,
    /// `DO_NOT_TRACK`.
    DoNotTrack,
    /// `DECANTR_TELEMETRY=off`.
    Environment,
    /// The project says no, or its file cannot be read.
    Project,
}

/// An event of the catalog at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// `notes.sync.completed`, there since revision 1, in bucket `use`.
    Sync,
    /// `notes.edit.completed`, there since revision 1, in bucket `editing`.
    Edit,
    /// `notes.open.completed`, there since revision 2, in bucket `use`.
    Open,
}

/// What all layers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effective {
    On,
    OnPartial,
    Off,
    Undecided,
    ForcedOff,
    Broken,
}

impl Effective {
    pub(super) fn is_on(self) -> bool {
        matches!(self, Self::On | Self::OnPartial)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::OnPartial => "on-partial",
            Self::Off => "off",
            Self::Undecided => "undecided",
            Self::ForcedOff => "forced-off",
            Self::Broken => "broken",
        }
    }
}

/// A person's machine, as it should be.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the machine"
)]
pub(super) struct Model {
    /// The hour, from an arbitrary one.
    pub(super) hour: i64,
    pub(super) record: Record,
    /// The layers that say no now.
    pub(super) layers: BTreeSet<Layer>,
    /// Whether this is a build machine.
    pub(super) ci: bool,
    /// The revision of the catalog.
    pub(super) revision: u32,
    /// Whether `consent.json` or `config.json` is damaged.
    pub(super) consent_damaged: bool,
    pub(super) config_damaged: bool,
    /// Events that were recorded and have not left.
    pub(super) waiting: Vec<Event>,
    /// How many have left.
    pub(super) sent: usize,
    /// Whether there may be ids; there are none before the first event, and none after a no.
    pub(super) may_have_ids: bool,
    /// Whether there may be a log of what was sent; `disable --keep-log` and the end of a grant leave it.
    pub(super) may_have_log: bool,
    pub(super) server_is_up: bool,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            hour: 0,
            record: Record::Undecided,
            layers: BTreeSet::new(),
            ci: false,
            revision: 1,
            consent_damaged: false,
            config_damaged: false,
            waiting: Vec::new(),
            sent: 0,
            may_have_ids: false,
            may_have_log: false,
            server_is_up: true,
        }
    }

    /// The decision. Layers only subtract; the first that says no gives the reason, and the person's record comes last.
    pub(super) fn effective(&self) -> Effective {
        let covers_ci = matches!(&self.record, Record::Granted(terms) if terms.ci);
        // A record that cannot be read covers nothing.
        let covers_ci = covers_ci && !self.is_damaged();
        if !self.layers.is_empty() || (self.ci && !covers_ci) {
            return Effective::ForcedOff;
        }
        if self.is_damaged() {
            return Effective::Broken;
        }
        match &self.record {
            Record::Undecided => Effective::Undecided,
            Record::Refused => Effective::Off,
            Record::Granted(terms) if terms.is_over(self.hour) => Effective::Undecided,
            Record::Granted(terms) if !self.ci && !terms.local => Effective::Off,
            Record::Granted(terms) if terms.revision < self.revision => Effective::OnPartial,
            Record::Granted(_) => Effective::On,
        }
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.consent_damaged || self.config_damaged
    }

    /// Whether an event is recorded now.
    pub(super) fn records(&self, event: Event) -> bool {
        match &self.record {
            Record::Granted(terms) => self.effective().is_on() && terms.covers(event),
            _ => false,
        }
    }

    /// `enable` is the act of consent, whatever was decided before. Exit code 4 while another layer says no: the record is saved
    /// all the same. What cannot be read cannot be agreed to (3).
    pub(super) fn enable(&mut self, terms: Terms) -> u8 {
        if self.is_damaged() {
            return 3;
        }
        let keeps_waiting = match &self.record {
            Record::Granted(old) => !old.is_over(self.hour) && terms.is_as_wide_as(old),
            _ => false,
        };
        if !keeps_waiting {
            self.waiting.clear();
        }
        self.record = Record::Granted(terms);
        self.may_have_log = true;
        if self.effective().is_on() { 0 } else { 4 }
    }

    /// `enable --accept` raises the revision of a grant that stands, to the catalog's own and no other.
    pub(super) fn accept(&mut self, revision: u32) -> u8 {
        if self.is_damaged() {
            return 3;
        }
        match &mut self.record {
            Record::Granted(terms)
                if !terms.is_over(self.hour)
                    && terms.revision < self.revision
                    && revision == self.revision =>
            {
                terms.revision = revision;
            }
            _ => return 4,
        }
        if self.effective().is_on() { 0 } else { 4 }
    }

    /// `disable` always ends with no, and with nothing left but the refusal (and the log, if that was asked for).
    pub(super) fn disable(&mut self, keep_log: bool) -> u8 {
        if self.consent_damaged {
            return 3;
        }
        // Which endpoint a damaged configuration means nobody knows; every yes becomes a no, an undecided one stays.
        if !self.config_damaged || matches!(self.record, Record::Granted(_)) {
            self.record = Record::Refused;
        }
        self.waiting.clear();
        self.may_have_ids &= self.config_damaged;
        self.may_have_log &= keep_log;
        // An id that may be in a file that cannot be read is named as what stays.
        match (self.config_damaged, self.has_unreadable_layer()) {
            (true, _) => 4,
            (false, true) => 3,
            (false, false) => 0,
        }
    }

    /// Recording does nothing where it is not permitted, and fails for what the catalog does not have (2) only where it is. On a
    /// build machine what waits is sent at once.
    pub(super) fn record(&mut self, event: Event) -> u8 {
        let is_on = self.effective().is_on();
        if is_on && event == Event::Open && self.revision < 2 {
            return 2;
        }
        if self.records(event) {
            self.waiting.push(event);
            self.may_have_ids = true;
        }
        if is_on && self.ci && self.server_is_up {
            self.sent += self.waiting.len();
            self.waiting.clear();
        }
        self.end_what_is_over();
        0
    }

    /// `flush` sends everything that waits, or says why not.
    pub(super) fn flush(&mut self) -> u8 {
        if self.effective().is_on() {
            if self.waiting.is_empty() {
                return 0;
            }
            if !self.server_is_up {
                return 6;
            }
            self.sent += self.waiting.len();
            self.waiting.clear();
            return 0;
        }
        self.end_what_is_over();
        if self.is_damaged() || self.has_unreadable_layer() {
            3
        } else {
            4
        }
    }

    /// A command that acts and finds a grant that has ended makes it undecided again, for good: no clock brings it back.
    pub(super) fn end_what_is_over(&mut self) {
        let is_over = matches!(&self.record, Record::Granted(terms) if terms.is_over(self.hour));
        if is_over && self.effective() == Effective::Undecided {
            self.record = Record::Undecided;
            self.waiting.clear();
            self.may_have_ids = false;
        }
    }

    /// A file that nobody can read is reported by every command that looks at it.
    pub(super) fn has_unreadable_layer(&self) -> bool {
        self.layers.contains(&Layer::Policy)
    }

    /// Exit code of the commands that only look.
    pub(super) fn look(&self) -> u8 {
        if self.is_damaged() || self.has_unreadable_layer() {
            3
        } else {
            0
        }
    }
}

impl Terms {
    pub(super) fn is_over(&self, hour: i64) -> bool {
        self.until.is_some_and(|until| until <= hour)
    }

    /// What was agreed to, and nothing newer.
    fn covers(&self, event: Event) -> bool {
        match event {
            Event::Sync => true,
            Event::Edit => !self.only_use,
            Event::Open => self.revision >= 2,
        }
    }

    /// Whether what waited under the `old` terms may leave under these.
    fn is_as_wide_as(&self, old: &Self) -> bool {
        self.revision >= old.revision
            && (!self.only_use || old.only_use)
            && (self.local || !old.local)
            && (self.ci || !old.ci)
    }
}
