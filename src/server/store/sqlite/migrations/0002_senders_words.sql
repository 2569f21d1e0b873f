-- Words that senders choose belong to their events and go with them; `words` keeps only what catalogs and this program say.
ALTER TABLE events ADD COLUMN sent_decantr_version TEXT;
ALTER TABLE events ADD COLUMN sent_service_name TEXT;
ALTER TABLE events ADD COLUMN sent_service_version TEXT;

UPDATE events SET
  sent_decantr_version = (SELECT text FROM words WHERE id = decantr_version),
  sent_service_name = (SELECT text FROM words WHERE id = service_name),
  sent_service_version = (SELECT text FROM words WHERE id = service_version)
WHERE decantr_version <> 0 OR service_name <> 0 OR service_version <> 0;

ALTER TABLE events DROP COLUMN decantr_version;
ALTER TABLE events DROP COLUMN service_name;
ALTER TABLE events DROP COLUMN service_version;
ALTER TABLE events RENAME COLUMN sent_decantr_version TO decantr_version;
ALTER TABLE events RENAME COLUMN sent_service_name TO service_name;
ALTER TABLE events RENAME COLUMN sent_service_version TO service_version;

DELETE FROM words WHERE id NOT IN (
  SELECT catalog FROM events
  UNION SELECT name FROM events
  UNION SELECT source FROM events
  UNION SELECT environment FROM events
  UNION SELECT actor FROM events
  UNION SELECT claimed_actor FROM events
  UNION SELECT registry_source FROM events
  UNION SELECT catalog FROM usage_daily
  UNION SELECT event FROM usage_daily
  UNION SELECT source FROM usage_daily
  UNION SELECT environment FROM usage_daily
  UNION SELECT actor FROM usage_daily
  UNION SELECT catalog FROM outcome_daily
);
