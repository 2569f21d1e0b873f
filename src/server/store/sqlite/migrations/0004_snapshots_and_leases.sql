-- Stored reports, one for each day and question; made again, it replaces the earlier one of that day. Go with the raw events, since
-- they can name projects. `actor` and `source` are empty for everybody.
CREATE TABLE snapshots (
  catalog TEXT NOT NULL,
  day INTEGER NOT NULL,
  days INTEGER NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  usage TEXT NOT NULL,
  attribution TEXT NOT NULL,
  PRIMARY KEY (catalog, days, actor, source, day)
) WITHOUT ROWID;

-- Who may do what only one process is to do, and until when.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder BLOB NOT NULL,
  until_at INTEGER NOT NULL
) WITHOUT ROWID;
