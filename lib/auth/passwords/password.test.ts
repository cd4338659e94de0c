import { expect, test } from '@playwright/test'
import { createPasswords, DUMMY_HASH, fits } from './password.ts'

let ticks = 0
const passwords = createPasswords(
  async () => undefined,
  () => (ticks += 100),
)

test('a password matches its own hash alone, in any Unicode spelling', async () => {
  const hash = await passwords.hash('Ångström-ångström')
  if (!hash.ok) throw new Error(hash.reason)
  expect(hash.value).toMatch(/^\$2b\$1\d\$/)
  const matches = async (password: string) => await passwords.matches(password, hash.value)
  expect(await matches('Ångström-ångström'.normalize('NFD'))).toEqual({ ok: true, value: true })
  expect(await matches('Angstrom-angstrom')).toEqual({ ok: true, value: false })
})

test('nothing matches no hash, a malformed one, or one too costly to try', async () => {
  for (const hash of [undefined, '', '$2b$10$short', '$2b$31$'.padEnd(60, 'a'), 'plain text']) {
    expect(await passwords.matches(hash ?? 'no password', hash)).toEqual({ ok: true, value: false })
  }
})

test('one comparison at a time with a pause after each, eight in the queue, 503 beyond', async () => {
  let clock = 0
  const waits: { until: number; wake: () => void }[] = []
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => waits.push({ until: clock + milliseconds, wake }))
  const queue = createPasswords(sleep, () => clock)

  const settled: string[] = []
  const settle = (outcome: { ok: boolean }): number =>
    settled.push(outcome.ok ? 'compared' : 'refused')
  const results = Array.from({ length: 12 }, () => queue.matches('x', undefined).then(settle))
  // The first runs at once; its pause makes eight wait, and three find the queue full.
  await expect.poll(() => settled.length).toBe(4)
  expect([...settled].sort()).toEqual(['compared', 'refused', 'refused', 'refused'])

  for (let compared = 2; compared <= 9; compared++) {
    clock += 49
    expect(settled.filter((outcome) => outcome === 'compared')).toHaveLength(compared - 1)
    clock += 1
    for (const { wake } of waits.splice(0)) wake()
    await expect
      .poll(() => settled.filter((outcome) => outcome === 'compared').length)
      .toBe(compared)
  }
  await Promise.all(results)
})

test('two of one holder wait in the queue, and leave room for others', async () => {
  const queue = createPasswords(
    () => new Promise(() => undefined),
    () => 0,
  )
  /** Whether it waits in the queue: nothing that does so is ever woken here. */
  const waits = async (work: Promise<{ ok: boolean }>): Promise<boolean> => {
    const moment = new Promise<'waits'>((resolve) => setImmediate(resolve, 'waits'))
    return (await Promise.race([work, moment])) === 'waits'
  }
  const compare = (holder?: string) => waits(queue.matches('x', undefined, holder))
  // The pause after the first makes the others wait.
  expect(await compare()).toBe(false)
  expect([await compare('one'), await waits(queue.hash('x', 'one'))]).toEqual([true, true])
  expect([await compare('one'), await waits(queue.hash('x', 'one'))]).toEqual([false, false])
  expect([await compare('another'), await compare('another')]).toEqual([true, true])
  expect(await compare('another')).toBe(false)
  // Four places are left, and who names no holder may have them all.
  for (let place = 0; place < 4; place++) expect(await compare()).toBe(true)
  expect(await compare()).toBe(false)
})

test('a request that its host gave up does not hold its place for ever', async () => {
  let clock = 0
  const queue = createPasswords(
    () => new Promise(() => undefined),
    () => clock,
  )
  await queue.matches('x', undefined)
  for (let index = 0; index < 8; index++) void queue.matches('x', undefined)
  expect(await queue.matches('x', undefined)).toMatchObject({
    ok: false,
    code: 'service-unavailable',
  })
  clock = 10_051
  expect(await queue.matches('x', undefined)).toEqual({ ok: true, value: false })
})

test('a text that no password can be is never normalised, whatever it is compared with', async () => {
  const marks = '\u0315'.repeat(16_000) + '\u0316'.repeat(16_000)
  const hash = await passwords.hash('a good password')
  if (!hash.ok) throw new Error(hash.reason)
  const lengths = await lengthsNormalized(async () => {
    expect(fits(marks)).toBe(false)
    for (const stored of [hash.value, undefined]) {
      expect(await passwords.matches(marks, stored)).toEqual({ ok: true, value: false })
    }
  })
  expect(Math.max(0, ...lengths)).toBeLessThan(1_000)
})

test('a password is measured and compared the same way with a hash and without', async () => {
  const hash = await passwords.hash('a good password')
  if (!hash.ok) throw new Error(hash.reason)
  for (const password of ['a wrong password', 'é'.repeat(37), '\u0315'.repeat(5_000)]) {
    const work: number[][] = []
    for (const stored of [hash.value, undefined, '$2b$10$malformed']) {
      work.push(await lengthsNormalized(() => passwords.matches(password, stored)))
    }
    expect(work[1], password.slice(0, 10)).toEqual(work[0])
    expect(work[2], password.slice(0, 10)).toEqual(work[0])
  }
})

test('an unknown account takes as long as a known one: its dummy is of the current cost', () => {
  expect(passwords.isCurrent(DUMMY_HASH)).toBe(true)
})

test('a hash of another cost is not current', async () => {
  const cheap = createPasswords(
    async () => undefined,
    () => 0,
    { cost: 4 },
  )
  const old = await cheap.hash('a good password')
  if (!old.ok) throw new Error(old.reason)
  expect([cheap.isCurrent(old.value), passwords.isCurrent(old.value)]).toEqual([true, false])
})

/** The lengths of all texts that were normalised meanwhile. */
async function lengthsNormalized(work: () => Promise<unknown>): Promise<number[]> {
  const { normalize } = String.prototype
  const lengths: number[] = []
  String.prototype.normalize = function (form?: string) {
    lengths.push(this.length)
    return normalize.call(this, form)
  }
  try {
    await work()
  } finally {
    String.prototype.normalize = normalize
  }
  return lengths
}
