"""Gives events to PostHog's client for Python, which sends them as it does.

Reads one JSON object: `endpoint`, `token`, `mode` (v0 or v1), `gzip`, `events` (each `name`, `distinctId`, `properties`, `groups`),
`people` (each `distinctId`, `properties`). Writes one: `version`, and `errors`, how many batches the client gave up.
"""

import json
import sys

from posthog import Posthog
from posthog.version import VERSION

asked = json.load(sys.stdin)
errors = []
client = Posthog(
    asked["token"],
    host=asked["endpoint"],
    capture_mode=asked["mode"],
    gzip=asked.get("gzip", False),
    flush_at=20,
    on_error=lambda error, batch: errors.append(error),
)
for event in asked["events"]:
    client.capture(
        event["name"],
        distinct_id=event["distinctId"],
        properties=event["properties"],
        groups=event.get("groups"),
    )
for person in asked.get("people", []):
    client.set(distinct_id=person["distinctId"], properties=person["properties"])
    client.set_once(distinct_id=person["distinctId"], properties=person["properties"])
    client.alias(previous_id=person["distinctId"], distinct_id="anon_1")
    client.group_identify("project", person["distinctId"], person["properties"])
client.shutdown()
print(json.dumps({"version": VERSION, "errors": len(errors)}))
