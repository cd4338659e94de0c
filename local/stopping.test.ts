import { once } from 'node:events'
import { createServer, get, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { end } from './stopping.ts'

/** Long enough for what ends, on a busy machine, and for what does not end. */
const LIMITS = { requests: 30_000, promises: 30_000, store: 30_000 }
const AT_ONCE = 1
const never = (): Promise<never> => new Promise(() => undefined)

let server: Server
let waiting: ServerResponse[]
let steps: string[]

test.beforeEach(async () => {
  waiting = []
  steps = []
  server = createServer((_, response) => void waiting.push(response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
test.afterEach(() => server.closeAllConnections())

/** Sends a request, and notes what becomes of it. */
async function ask(): Promise<void> {
  const { port } = server.address() as AddressInfo
  const asked = get({ host: '127.0.0.1', port })
  asked.once('response', (response) => {
    steps.push('answered')
    response.resume()
  })
  asked.once('error', () => steps.push('cut'))
  await expect.poll(() => waiting.length).toBe(1)
}

const settle = async (): Promise<void> => void steps.push('settled')
const close = async (): Promise<void> => void steps.push('closed')

test('the running requests end, then what they promised, then the store', async () => {
  await ask()
  const ended = end({ server, settle, close }, LIMITS)
  expect(steps).toEqual([])
  waiting[0]?.end('x')
  expect(await ended).toBe(0)
  expect(steps).toEqual(['answered', 'settled', 'closed'])
})

test('a request or a promise that does not end costs neither the spans nor the store', async () => {
  await ask()
  expect(await end({ server, settle, close }, { ...LIMITS, requests: AT_ONCE })).toBe(0)
  await expect.poll(() => steps.toSorted()).toEqual(['closed', 'cut', 'settled'])
  const limits = { ...LIMITS, promises: AT_ONCE }
  expect(await end({ server, settle: never, close }, limits)).toBe(0)
  const failing = (): Promise<never> => Promise.reject(new Error('no'))
  expect(await end({ server, settle: failing, close }, LIMITS)).toBe(0)
  expect(steps.filter((step) => step === 'closed')).toHaveLength(3)
})

test('a store that is not closed is an exit code of 1', async () => {
  const failing = (): Promise<never> => Promise.reject(new Error('the disk is full'))
  expect(await end({ server, settle, close: failing }, LIMITS)).toBe(1)
  expect(await end({ server, settle, close: never }, { ...LIMITS, store: AT_ONCE })).toBe(1)
})
