import { Agent, type IncomingMessage, request } from 'node:http'

/** One request to send. */
export interface Call {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

/** One connection's requests: the next is sent when the last is answered. */
export interface Lane {
  next(): Call
  /** Where the next request depends on the last answer. */
  answered?(body: string): void
}

export interface Answer {
  status: number
  body: string
  /** What the server says it waited for; undefined when it says nothing. */
  awaitedTrips: number | undefined
}

export interface Load {
  requests: number
  seconds: number
  latenciesMs: number[]
}

/** An answer that is not one of success: what was measured is not the job. */
export class AnswerFailed extends Error {
  override readonly name = 'AnswerFailed'
}

/** Keeps every lane busy on a connection of its own for as long, and waits for the last answers. */
export async function runLoad(
  origin: string,
  lanes: readonly Lane[],
  seconds: number,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes.length })
  const latenciesMs: number[] = []
  const failures = new Map<string, number>()
  const began = performance.now()
  const ends = began + seconds * 1_000
  const drive = async (lane: Lane): Promise<void> => {
    while (performance.now() < ends) {
      const before = performance.now()
      try {
        const { status, body } = await send(agent, origin, lane.next())
        latenciesMs.push(performance.now() - before)
        if (status === 200) lane.answered?.(body)
        else count(failures, `${status} ${body.slice(0, 200)}`)
      } catch (error) {
        count(failures, error instanceof Error ? error.message : 'no answer')
      }
    }
  }
  await Promise.all(lanes.map(drive))
  const elapsed = (performance.now() - began) / 1_000
  agent.destroy()
  if (failures.size > 0) {
    const told = [...failures].map(([failure, times]) => `${times} x ${failure}`)
    throw new AnswerFailed(`of ${latenciesMs.length} answers: ${told.join('; ')}`)
  }
  return { requests: latenciesMs.length, seconds: elapsed, latenciesMs }
}

/** Sends one request on a connection of its own. */
export async function sendOnce(origin: string, call: Call): Promise<Answer> {
  const agent = new Agent()
  return send(agent, origin, call).finally(() => agent.destroy())
}

function send(agent: Agent, origin: string, call: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, path, body } = call
    const headers =
      body === undefined
        ? call.headers
        : { ...call.headers, 'Content-Length': String(Buffer.byteLength(body)) }
    const sent = request(`${origin}${path}`, { agent, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        const status = response.statusCode ?? 0
        resolve({ status, body: text, awaitedTrips: awaitedTrips(response) })
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

function awaitedTrips(response: IncomingMessage): number | undefined {
  const timing = /desc="(\d+) trips/.exec(String(response.headers['server-timing'] ?? ''))?.[1]
  return timing === undefined ? undefined : Number(timing)
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
