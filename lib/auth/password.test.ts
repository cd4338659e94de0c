import { expect, test } from '@playwright/test'
import { createPasswords } from './password.ts'

const passwords = createPasswords(async () => undefined)

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

test('one comparison at a time, eight waiting, and service-unavailable beyond', async () => {
  const breaths: (() => void)[] = []
  const queue = createPasswords(() => new Promise((resolve) => breaths.push(resolve)))
  const results = Array.from({ length: 12 }, () => queue.matches('x', undefined))
  const settled: string[] = []
  for (const result of results) {
    void result.then((outcome) => settled.push(outcome.ok ? 'compared' : outcome.code))
  }
  await expect.poll(() => settled.length).toBe(4)
  expect(settled.sort()).toEqual(['compared', ...Array(3).fill('service-unavailable')])
  while (settled.length < 12) {
    await expect.poll(() => breaths.length).toBeGreaterThan(0)
    breaths.shift()?.()
  }
  expect(settled.filter((outcome) => outcome === 'compared')).toHaveLength(9)
})
