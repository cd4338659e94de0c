import { createHash } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { createBreachCheck } from './pwned-passwords.ts'

const PASSWORD = 'correct horse'
const SHA1 = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase()

function check(answer: () => Promise<Response>) {
  const asked: { url: string; headers: Headers }[] = []
  const lines: string[] = []
  const isBreached = createBreachCheck(
    'https://breaches.example/range',
    (url, init) => {
      asked.push({ url: String(url), headers: new Headers(init?.headers) })
      return answer()
    },
    (...line) => lines.push(JSON.stringify(line)),
  )
  return { isBreached, asked, lines }
}

test('five digits of the hash leave, and the rest is compared here', async () => {
  const body = `0000000000000000000000000000000000A:3\r\n${SHA1.slice(5)}:42\r\n`
  const { isBreached, asked } = check(async () => new Response(body))
  expect(await isBreached(PASSWORD)).toBe(true)
  expect(await isBreached('another one')).toBe(false)
  expect(asked[0]?.url).toBe(`https://breaches.example/range/${SHA1.slice(0, 5)}`)
  expect(asked[0]?.headers.get('add-padding')).toBe('true')
})

test('padding does not count', async () => {
  const { isBreached } = check(async () => new Response(`${SHA1.slice(5)}:0`))
  expect(await isBreached(PASSWORD)).toBe(false)
})

for (const [name, answer] of [
  ['away', () => Promise.reject(new TypeError(PASSWORD))],
  ['failing', async () => new Response('x', { status: 500 })],
  ['slow', () => Promise.reject(new DOMException('slow', 'TimeoutError'))],
] as const) {
  test(`a service that is ${name} keeps no password from being set, and is logged`, async () => {
    const { isBreached, lines } = check(answer)
    expect(await isBreached(PASSWORD)).toBe(false)
    expect(lines.join()).toContain('breach-check.skipped')
    expect(lines.join()).not.toContain(PASSWORD)
  })
}

test('without an address nobody is asked', async () => {
  const never = (): never => {
    throw new Error('asked')
  }
  expect(await createBreachCheck(undefined, never, never)(PASSWORD)).toBe(false)
})
