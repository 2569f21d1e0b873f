// A client of drift's protocol: a queue in a file, sent whole until an answer is a 2xx with JSON, and left there otherwise.
//
// Reads one JSON object: `endpoint`, `queue` (the file), `events`, which are put at the end of the queue. Writes one: `left`, how many
// events stay in the queue for the next run. drift's own client waits one and two seconds between its three tries.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'

const asked = JSON.parse(await text(process.stdin))
let queue = existsSync(asked.queue) ? JSON.parse(readFileSync(asked.queue, 'utf8')) : []
const save = () => writeFileSync(asked.queue, JSON.stringify(queue))
queue.push(...asked.events)
save()

async function send() {
  const response = await fetch(asked.endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ events: queue }),
  })
  if (!response.ok) throw new Error(`status ${response.status}`)
  const { success } = await response.json()
  if (!success) throw new Error('no success')
}

for (let attempt = 0; attempt < 3 && queue.length > 0; attempt += 1) {
  try {
    await send()
    queue = []
    save()
  } catch {
    await wait(100 * 2 ** attempt)
  }
}
console.log(JSON.stringify({ left: queue.length }))
