-- Counts by UTC day and by the values of properties, and sums of numbers. `dimension` and `measure` refer to `words`; dimension 0
-- with an empty value stands for all events, measure 0 for the events themselves (`sum` is 0 then). Rows whose value is a word that
-- senders choose are open and go with the raw events; all others are kept for good.
CREATE TABLE measure_daily (
  catalog INTEGER NOT NULL,
  day INTEGER NOT NULL,
  event INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  measure INTEGER NOT NULL,
  value TEXT NOT NULL,
  is_open INTEGER NOT NULL,
  events INTEGER NOT NULL,
  weight REAL NOT NULL,
  failures INTEGER NOT NULL,
  sum REAL NOT NULL,
  PRIMARY KEY (catalog, day, event, dimension, measure, value)
) WITHOUT ROWID;

CREATE INDEX measure_daily_open ON measure_daily (catalog, day) WHERE is_open;

-- How durations are spread, in buckets that are merged by adding up; kept for good.
CREATE TABLE duration_daily (
  catalog INTEGER NOT NULL,
  day INTEGER NOT NULL,
  event INTEGER NOT NULL,
  measure INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  events INTEGER NOT NULL,
  weight REAL NOT NULL,
  PRIMARY KEY (catalog, day, event, measure, bucket)
) WITHOUT ROWID;
