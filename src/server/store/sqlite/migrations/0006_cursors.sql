-- How far a copy of the event log elsewhere has come. `sequence` is the last event that need not be sent again; `target` says where
-- the copies are, and stays after forwarding has ended, since the copies do. `error` is the last one, until something succeeds.
CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  target TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  forwarded INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  passed INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  succeeded_at INTEGER,
  failures INTEGER NOT NULL,
  error TEXT
) WITHOUT ROWID;
