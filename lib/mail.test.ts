import { expect, test } from '@playwright/test'
import { createMailer } from './mail.ts'

const MAIL = { to: 'me@home.org', subject: 'A subject', text: 'secret-text', html: '<p>x</p>' }
const SERVICE = {
  url: 'https://mail.example/emails',
  key: 'the-key',
  from: 'Usher <u@example.com>',
}

function mailer(answers: (number | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = []
  const pauses: number[] = []
  const lines: string[] = []
  const { send } = createMailer(SERVICE, {
    fetch: async (url, init) => {
      asked.push({ url: String(url), init: init ?? {} })
      const answer = answers.shift() ?? 200
      if (answer instanceof Error) throw answer
      return new Response('{}', { status: answer })
    },
    sleep: async (ms) => void pauses.push(ms),
    random: () => 0.5,
    randomId: () => 'an-id',
    log: (level, event, fields) => lines.push(JSON.stringify({ level, event, ...fields })),
  })
  return { send, asked, pauses, lines }
}

test('a mail goes out in the shape of Resend', async () => {
  const { send, asked, lines } = mailer([])
  await send(MAIL)
  expect(asked.map(({ url }) => url)).toEqual([SERVICE.url])
  const init = asked[0]?.init
  expect(JSON.parse(String(init?.body))).toEqual({ from: SERVICE.from, ...MAIL })
  expect(new Headers(init?.headers).get('authorization')).toBe('Bearer the-key')
  expect(lines.join()).toContain('mail.sent')
})

for (const [name, answers, attempts, last] of [
  ['a service that is away is asked three times', [new TypeError('x'), 503, 500], 3, 'mail.lost'],
  ['too many requests are waited out', [429], 2, 'mail.sent'],
  ['a mail that is refused is not sent again', [422], 1, 'mail.lost'],
] as const) {
  test(`${name}, and neither address nor text is logged`, async () => {
    const { send, asked, pauses, lines } = mailer([...answers])
    await send(MAIL)
    expect(asked).toHaveLength(attempts)
    expect(pauses).toEqual([300, 1_000, 5_000].slice(0, attempts))
    const ids = asked.map(({ init }) => new Headers(init.headers).get('idempotency-key'))
    expect(new Set(ids)).toEqual(new Set(['an-id']))
    expect(lines.at(-1)).toContain(last)
    expect(lines.join()).not.toMatch(/me@home\.org|secret-text|the-key/)
  })
}

test('without a service every mail is an error in the log', async () => {
  const lines: string[] = []
  const options = { fetch, sleep: async () => undefined, random: () => 0, randomId: () => 'x' }
  const { send } = createMailer(undefined, { ...options, log: (...line) => lines.push(`${line}`) })
  await send(MAIL)
  expect(lines.join()).toMatch(/^error,mail\.not-configured/)
})
