-- The tables of drift, with the names, columns and indexes that it gives them. Its own `events` is the view `drift_events`: the
-- name is taken here, and what is said once need not be said twice. A session that wants the name makes it its own:
-- CREATE TEMP VIEW events AS SELECT * FROM drift_events.
CREATE TABLE daily_stats (
  date TEXT NOT NULL,
  metric TEXT NOT NULL,
  value INTEGER DEFAULT 0,
  UNIQUE (date, metric)
);

CREATE INDEX idx_daily_stats_date ON daily_stats (date);
CREATE INDEX idx_daily_stats_metric ON daily_stats (metric);

-- No identity is in here; kept for good. Times are those of `datetime()`.
CREATE TABLE pattern_signatures (
  signature_hash TEXT UNIQUE,
  category TEXT NOT NULL,
  detection_method TEXT,
  language TEXT,
  first_seen TEXT,
  last_seen TEXT,
  occurrence_count INTEGER DEFAULT 1,
  avg_confidence REAL,
  avg_location_count REAL,
  avg_outlier_count REAL
);

CREATE INDEX idx_signatures_category ON pattern_signatures (category);
CREATE INDEX idx_signatures_language ON pattern_signatures (language);

CREATE TABLE action_aggregates (
  category TEXT NOT NULL,
  action TEXT NOT NULL,
  confidence_bucket TEXT,
  count INTEGER DEFAULT 0,
  avg_hours_to_decision REAL,
  UNIQUE (category, action, confidence_bucket)
);

CREATE INDEX idx_actions_category ON action_aggregates (category);

-- What the averages of `action_aggregates` are made of: not every decision tells how long it took.
CREATE TABLE action_hours (
  category TEXT NOT NULL,
  action TEXT NOT NULL,
  confidence_bucket TEXT NOT NULL,
  timed INTEGER NOT NULL,
  hours INTEGER NOT NULL,
  PRIMARY KEY (category, action, confidence_bucket)
) WITHOUT ROWID;

-- Languages and categories by day (since 1970) and sender; goes with the raw events. Who sent nothing that day in `sender_daily` is
-- not in here either.
CREATE TABLE drift_daily (
  day INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  metric TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (day, sender, metric)
) WITHOUT ROWID;

CREATE VIEW drift_events AS
SELECT e.sequence AS id, name.text AS type,
  strftime('%Y-%m-%dT%H:%M:%fZ', e.happened_at / 1000000.0, 'unixepoch') AS timestamp,
  coalesce(substr(ids.text, instr(ids.text, '_') + 1), '') AS installation_id,
  coalesce(e.service_version, '') AS drift_version,
  e.properties AS payload,
  datetime(e.received_at / 1000000, 'unixepoch') AS created_at
FROM events AS e
  JOIN words AS name ON name.id = e.name
  LEFT JOIN senders AS s ON s.id = e.sender
  LEFT JOIN ids ON ids.id = s.install
WHERE e.catalog = (SELECT id FROM words WHERE text = 'drift');

-- On which days a sender's events came, by the server's clock: the last of them, and bit n of `arrivals` for n days before. What was
-- stored before this came when it happened, as far as is known.
ALTER TABLE senders ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE senders ADD COLUMN arrivals INTEGER NOT NULL DEFAULT 0;
UPDATE senders SET arrived = last_day, arrivals = days;
