-- Organisations and users; `id` refers to `ids`. A flag makes their events internal.
CREATE TABLE orgs (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  is_internal INTEGER NOT NULL,
  is_test INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  is_internal INTEGER NOT NULL,
  is_test INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);

-- Keys by their public part. `hash` is the SHA-256 of the whole key; `scopes` are separated by spaces.
CREATE TABLE keys (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  scopes TEXT NOT NULL,
  org INTEGER NOT NULL,
  user INTEGER NOT NULL,
  label TEXT,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
);

-- What the operator says about projects, installations and anonymous visitors; `subject`, `org`, `user` refer to `ids`, 0 stands for
-- none. `actor` is a word or absent.
CREATE TABLE aliases (
  subject INTEGER PRIMARY KEY,
  actor TEXT,
  org INTEGER NOT NULL,
  user INTEGER NOT NULL,
  set_at INTEGER NOT NULL,
  set_by TEXT NOT NULL
);

-- The ids that are internal by the server's configuration.
CREATE TABLE configured (
  subject INTEGER PRIMARY KEY
);

-- What owners of ids say: from when, and until when, events of an id belong to an account and an organisation.
CREATE TABLE links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject INTEGER NOT NULL,
  org INTEGER NOT NULL,
  user INTEGER NOT NULL,
  label TEXT,
  from_at INTEGER NOT NULL,
  until_at INTEGER
);

CREATE INDEX links_by_subject ON links (subject);

-- Every change of who is who. `before` and `after` are compact JSON.
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  before TEXT,
  after TEXT
);

-- Ids that are gone for good, by their keyed hash, and the requests that named them.
CREATE TABLE tombstones (
  hash BLOB PRIMARY KEY,
  ticket BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasures (
  ticket BLOB PRIMARY KEY,
  at INTEGER NOT NULL,
  ids INTEGER NOT NULL,
  events INTEGER NOT NULL,
  activity INTEGER NOT NULL,
  links INTEGER NOT NULL,
  beyond TEXT NOT NULL
) WITHOUT ROWID;

-- Who and from where, once for all events that share it: the ids as they were sent, the links that held when the events
-- happened, and under whom the events count because of that (`actor` to `standing`; 0 no id, 1 undecided, 2 decided).
-- `last_day` is the last day of activity; bit n of `days` says whether there was any n days before.
CREATE TABLE senders (
  id INTEGER PRIMARY KEY,
  catalog INTEGER NOT NULL,
  source INTEGER NOT NULL,
  install INTEGER NOT NULL,
  project INTEGER NOT NULL,
  anonymous INTEGER NOT NULL,
  user INTEGER NOT NULL,
  org INTEGER NOT NULL,
  install_link INTEGER NOT NULL,
  project_link INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  owner_user INTEGER NOT NULL,
  owner_org INTEGER NOT NULL,
  standing INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  days INTEGER NOT NULL
);

INSERT INTO senders (
  catalog, source, install, project, anonymous, user, org, install_link, project_link,
  actor, owner_user, owner_org, standing, last_day, days
)
SELECT catalog, source, install, project, anonymous, user, org, 0, 0, actor, user, org,
  CASE
    WHEN source IN (SELECT id FROM words WHERE text = 'content-ci') THEN 2
    WHEN max(install, project, anonymous, user, org) > 0 THEN 1
    ELSE 0
  END,
  max((min(happened_at, received_at) - iif(min(happened_at, received_at) < 0, 86399999999, 0)) / 86400000000), 1
FROM events GROUP BY catalog, source, install, project, anonymous, user, org;

CREATE UNIQUE INDEX senders_by_all ON senders (
  install, project, anonymous, user, org, catalog, source, install_link, project_link
);
CREATE INDEX senders_by_project ON senders (project) WHERE project <> 0;
CREATE INDEX senders_by_anonymous ON senders (anonymous) WHERE anonymous <> 0;
CREATE INDEX senders_by_user ON senders (owner_user) WHERE owner_user <> 0;
CREATE INDEX senders_by_org ON senders (owner_org) WHERE owner_org <> 0;

ALTER TABLE events ADD COLUMN sender INTEGER NOT NULL DEFAULT 0;
UPDATE events SET sender = (
  SELECT id FROM senders AS s
  WHERE s.install = events.install AND s.project = events.project AND s.anonymous = events.anonymous
    AND s.user = events.user AND s.org = events.org AND s.catalog = events.catalog AND s.source = events.source
);

-- Activity of senders by day; goes with the raw events.
CREATE TABLE sender_daily (
  catalog INTEGER NOT NULL,
  day INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  event INTEGER NOT NULL,
  environment INTEGER NOT NULL,
  events INTEGER NOT NULL,
  weight REAL NOT NULL,
  failures INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (catalog, day, sender, event, environment)
) WITHOUT ROWID;

INSERT INTO sender_daily
SELECT catalog,
  (min(happened_at, received_at) - iif(min(happened_at, received_at) < 0, 86399999999, 0)) / 86400000000,
  sender, name, environment,
  count(*), sum(1.0 / coalesce(sample_rate, 1.0)), sum(failed), max(happened_at)
FROM events GROUP BY 1, 2, 3, 4, 5;

UPDATE senders SET days = seen.days FROM (
  SELECT id, sum(1 << back) AS days FROM (
    SELECT DISTINCT s.id, s.last_day - d.day AS back
    FROM sender_daily AS d JOIN senders AS s ON s.id = d.sender
    WHERE s.last_day - d.day < 63
  ) GROUP BY id
) AS seen WHERE seen.id = senders.id;

-- Counts get the standing of their ids into their key; up to here the actor tells it.
ALTER TABLE usage_daily RENAME TO usage_before;
CREATE TABLE usage_daily (
  day INTEGER NOT NULL,
  catalog INTEGER NOT NULL,
  event INTEGER NOT NULL,
  source INTEGER NOT NULL,
  environment INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  org INTEGER NOT NULL,
  standing INTEGER NOT NULL,
  events INTEGER NOT NULL,
  weight REAL NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (catalog, day, event, source, environment, actor, org, standing)
) WITHOUT ROWID;

INSERT INTO usage_daily
SELECT day, catalog, event, source, environment, actor, org,
  CASE
    WHEN actor IN (SELECT id FROM words WHERE text = 'official_pipeline') THEN 2
    WHEN actor IN (SELECT id FROM words WHERE text = 'service') THEN 0
    ELSE 1
  END,
  events, weight, failures
FROM usage_before;

DROP TABLE usage_before;
CREATE INDEX usage_by_org ON usage_daily (org) WHERE org <> 0;

DROP TABLE identity_daily;
DROP TABLE identity_last;
ALTER TABLE events DROP COLUMN source;
ALTER TABLE events DROP COLUMN actor;
ALTER TABLE events DROP COLUMN install;
ALTER TABLE events DROP COLUMN project;
ALTER TABLE events DROP COLUMN anonymous;
ALTER TABLE events DROP COLUMN user;
ALTER TABLE events DROP COLUMN org;

-- Activity of single ids by day. `kind`: 1 install, 2 project, 3 anonymous, 4 user, 5 organisation.
CREATE VIEW identity_daily AS
WITH seen AS (
  SELECT d.day, d.catalog, d.event, d.environment, d.events, d.last_seen,
    s.source, s.actor, s.owner_org AS org, s.project, s.install, s.anonymous, s.owner_user
  FROM sender_daily AS d JOIN senders AS s ON s.id = d.sender
),
kinds AS (
  SELECT 1 AS kind, install AS id, * FROM seen UNION ALL
  SELECT 2, project, * FROM seen UNION ALL
  SELECT 3, anonymous, * FROM seen UNION ALL
  SELECT 4, owner_user, * FROM seen UNION ALL
  SELECT 5, org, * FROM seen
)
SELECT day, catalog, kind, id, event, source, actor, org, project,
  sum(events) AS events, max(last_seen) AS last_seen
FROM kinds WHERE id <> 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
