// Gives events to @decantr/telemetry, which sends them by one of its two sinks.
//
// Reads one JSON object: `endpoint`, `token`, `sink` (fetch or posthog), `headers`, `again` (how often what failed is given to it again),
// `events` (each `name`, `context`, `properties`). Writes one: `lost`, the property `n` of each event that it did not deliver.

import { text } from 'node:stream/consumers'
import {
  createFetchTelemetrySink,
  createPostHogTelemetrySink,
  createTelemetryClient,
} from '@decantr/telemetry'

const asked = JSON.parse(await text(process.stdin))
const sinks = {
  fetch: () => createFetchTelemetrySink({ endpoint: asked.endpoint, headers: asked.headers }),
  posthog: () => createPostHogTelemetrySink({ host: asked.endpoint, apiKey: asked.token }),
}
let failed = []
const client = createTelemetryClient({
  sink: sinks[asked.sink](),
  onError: (_error, event) => failed.push(event),
})
await Promise.all(asked.events.map((event) => client.capture(event)))
for (let round = 0; round < asked.again; round += 1) {
  const events = failed
  failed = []
  await Promise.all(events.map((event) => client.capture(event)))
}
await client.flush()
console.log(JSON.stringify({ lost: failed.map((event) => event.properties.n) }))
