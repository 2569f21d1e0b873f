// Gives events to PostHog's client for Node.js, which sends them as it does. Its protocol is chosen by POSTHOG_CAPTURE_MODE.
//
// Reads one JSON object: `endpoint`, `token`, `plain` (no gzip), `events` (each `name`, `distinctId`, `properties`, `groups`), `people`
// (each `distinctId`, `properties`). Writes one: `errors`, how often the client told that it gave up.

import { text } from 'node:stream/consumers'
import { PostHog } from 'posthog-node'

const asked = JSON.parse(await text(process.stdin))
// The timers between two tries of the newer protocol do not keep the process up; a service is up anyway.
const up = setInterval(() => {}, 1000)
const client = new PostHog(asked.token, {
  host: asked.endpoint,
  flushAt: 20,
  fetchRetryDelay: 300,
  disableCompression: asked.plain ?? false,
})
let errors = 0
client.on('error', () => {
  errors += 1
})
for (const { name, distinctId, properties, groups } of asked.events) {
  client.capture({ event: name, distinctId, properties, groups })
}
for (const { distinctId, properties } of asked.people ?? []) {
  client.identify({ distinctId, properties })
  client.alias({ distinctId: 'anon_1', alias: distinctId })
  client.groupIdentify({ groupType: 'project', groupKey: distinctId, properties })
}
await client.shutdown(60_000)
clearInterval(up)
console.log(JSON.stringify({ errors }))
