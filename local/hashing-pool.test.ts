import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { build } from 'esbuild'
import { createPasswords } from '../lib/auth/passwords/password.ts'
import { createHashingPool, type HashingPool } from './hashing-pool.ts'

const folder = mkdtempSync(join(tmpdir(), 'usher-hashing-'))
const file = join(folder, 'thread.mjs')
let pool: HashingPool

test.beforeAll(async () => {
  // The real thread, and one that dies of a certain password.
  const entry = join(folder, 'entry.ts')
  writeFileSync(
    entry,
    `import hashing from ${JSON.stringify(resolve('local/hashing-thread.ts'))}
export default async function (task) {
  if (task.password === 'die') process.exit(3)
  return hashing(task)
}`,
  )
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    nodePaths: [resolve('node_modules')],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
})
test.afterAll(() => rmSync(folder, { recursive: true }))
test.beforeEach(() => {
  pool = createHashingPool(file, 1)
})
test.afterEach(() => pool.close())

test('threads answer what one isolate answers', async () => {
  const isolate = createPasswords(async () => undefined, Date.now, { breathMs: 0 })
  const made = await pool.passwords.hash('Ångström-ångström')
  if (!made.ok) throw new Error(made.reason)
  expect(pool.passwords.isCurrent(made.value)).toBe(true)
  const decomposed = 'Ångström-ångström'.normalize('NFD')
  for (const [password, hash] of [
    [decomposed, made.value],
    ['another', made.value],
    ['no account', undefined],
    ['malformed', '$2b$10$short'],
    ['é'.repeat(37), made.value],
  ] as const) {
    const answered = await pool.passwords.matches(password, hash)
    expect(answered, password).toEqual(await isolate.matches(password, hash))
  }
  expect(await pool.passwords.matches(decomposed, made.value)).toEqual({ ok: true, value: true })
})

test('the event loop turns while a password is compared', async () => {
  let turns = 0
  let comparing = true
  const turn = (): void => {
    turns++
    if (comparing) setImmediate(turn)
  }
  setImmediate(turn)
  // The thread is there after the first.
  await pool.passwords.matches('x', undefined)
  turns = 0
  await pool.passwords.matches('x', undefined)
  comparing = false
  expect(turns).toBeGreaterThan(20)
})

test('one at a time in each thread, eight wait, 503 beyond, in the order in which they came', async () => {
  for (const threads of [1, 2]) {
    const own = createHashingPool(file, threads)
    const ended: number[] = []
    const outcomes = await Promise.all(
      Array.from({ length: threads + 10 }, async (_, index) => {
        const { ok } = await own.passwords.matches('x', undefined)
        if (ok) ended.push(index)
        return ok
      }),
    )
    const taken = threads + 8
    expect(outcomes).toEqual(outcomes.map((_, index) => index < taken))
    if (threads === 1) expect(ended).toEqual(Array.from({ length: taken }, (_, index) => index))
    expect(await own.passwords.matches('x', undefined)).toEqual({ ok: true, value: false })
    await own.close()
  }
})

test('two of one holder, and room for others', async () => {
  const outcomes = await Promise.all([
    pool.passwords.matches('x', undefined, 'one'),
    pool.passwords.hash('x', 'one'),
    pool.passwords.matches('x', undefined, 'one'),
    pool.passwords.hash('x', 'other'),
    pool.passwords.matches('x', undefined),
  ])
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true, true])
  expect(outcomes[2]).toMatchObject({ code: 'service-unavailable', retryAfterSeconds: 1 })
})

test('a thread that dies fails its one request, and another takes its place', async () => {
  const [before, dead, ...after] = await Promise.all([
    pool.passwords.matches('x', undefined),
    pool.passwords.matches('die', undefined),
    pool.passwords.matches('x', undefined),
    pool.passwords.hash('x'),
  ])
  expect(before).toEqual({ ok: true, value: false })
  expect(dead).toMatchObject({ ok: false, code: 'service-unavailable' })
  expect(after.map(({ ok }) => ok)).toEqual([true, true])
})

test('closing ends what runs and what waits', async () => {
  const running = Array.from({ length: 3 }, () => pool.passwords.hash('x'))
  await pool.close()
  for (const outcome of await Promise.all(running)) {
    expect(outcome).toMatchObject({ ok: false, code: 'service-unavailable' })
  }
})
