-- Names that come from catalogs and clients' versions; few. 0 stands for none.
CREATE TABLE words (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
);

-- Opaque identifiers; many, and erasable: an identifier is spelled here and nowhere else. 0 stands for none.
CREATE TABLE ids (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
);

-- Raw events. Times are microseconds since 1970 UTC. A sequence number is never given twice.
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL,
  catalog INTEGER NOT NULL,
  name INTEGER NOT NULL,
  happened_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  source INTEGER NOT NULL,
  environment INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  install INTEGER NOT NULL,
  project INTEGER NOT NULL,
  anonymous INTEGER NOT NULL,
  user INTEGER NOT NULL,
  org INTEGER NOT NULL,
  session TEXT,
  claimed_actor INTEGER NOT NULL,
  decantr_version INTEGER NOT NULL,
  service_name INTEGER NOT NULL,
  service_version INTEGER NOT NULL,
  registry_source INTEGER NOT NULL,
  sample_rate REAL,
  failed INTEGER NOT NULL,
  properties TEXT NOT NULL
);

CREATE UNIQUE INDEX events_by_id ON events (catalog, id);

-- Counts by UTC day (days since 1970) on which the events happened; kept for good.
CREATE TABLE usage_daily (
  day INTEGER NOT NULL,
  catalog INTEGER NOT NULL,
  event INTEGER NOT NULL,
  source INTEGER NOT NULL,
  environment INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  org INTEGER NOT NULL,
  events INTEGER NOT NULL,
  weight REAL NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (catalog, day, event, source, environment, actor, org)
) WITHOUT ROWID;

-- Activity of identities by day; goes with the raw events. `kind`: 1 install, 2 project, 3 anonymous, 4 user, 5 organisation.
CREATE TABLE identity_daily (
  day INTEGER NOT NULL,
  catalog INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  id INTEGER NOT NULL,
  event INTEGER NOT NULL,
  source INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  org INTEGER NOT NULL,
  project INTEGER NOT NULL,
  events INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (catalog, day, kind, id, event, source, actor, org, project)
) WITHOUT ROWID;

-- The last day on which an identity was active, so that "how many in the last N days" is a matter of identities, not of days;
-- goes with the raw events.
CREATE TABLE identity_last (
  catalog INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  id INTEGER NOT NULL,
  source INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  PRIMARY KEY (catalog, kind, id, source, actor)
) WITHOUT ROWID;

-- What became of everything received, by UTC day of receipt.
CREATE TABLE outcome_daily (
  day INTEGER NOT NULL,
  catalog INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (catalog, day, outcome, reason)
) WITHOUT ROWID;

-- What only this store knows: `hmac_key` (32 bytes) and `signing_key` (Ed25519, PKCS#8).
CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;
