import { expect, test } from '@playwright/test'
import { createSecretBox } from './secret-box.ts'

const [FIRST, SECOND] = ['a'.repeat(32), 'b'.repeat(32)]
const SECRET = new TextEncoder().encode('12345678901234567890')
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

test('what is sealed is opened for its owner alone, and never looks the same', async () => {
  const box = createSecretBox('totp', [FIRST], random)
  const sealed = await box.seal(SECRET, 'u_1')
  expect(sealed).not.toBe(await box.seal(SECRET, 'u_1'))
  expect(await box.open(sealed, 'u_1')).toEqual({ secret: SECRET, isCurrent: true })
  expect(await box.open(sealed, 'u_2')).toBeUndefined()
})

test('a secret that signed before still opens, and is not the one of now', async () => {
  const sealed = await createSecretBox('totp', [FIRST], random).seal(SECRET, 'u_1')
  const rotated = createSecretBox('totp', [SECOND, FIRST], random)
  expect(await rotated.open(sealed, 'u_1')).toEqual({ secret: SECRET, isCurrent: false })
  const lost = createSecretBox('totp', [SECOND], random)
  expect(await lost.open(sealed, 'u_1')).toBeUndefined()
})

test('keys of another purpose open nothing, and neither does anything that was changed', async () => {
  const box = createSecretBox('totp', [FIRST], random)
  const sealed = await box.seal(SECRET, 'u_1')
  expect(await createSecretBox('other', [FIRST], random).open(sealed, 'u_1')).toBeUndefined()
  for (const at of [0, 20, sealed.length - 3]) {
    const letter = sealed[at] === 'A' ? 'B' : 'A'
    const changed = `${sealed.slice(0, at)}${letter}${sealed.slice(at + 1)}`
    expect(await box.open(changed, 'u_1'), String(at)).toBeUndefined()
  }
  for (const nothing of ['', '.', 'x', 'AAAA.AAAA', '%.%']) {
    expect(await box.open(nothing, 'u_1'), nothing).toBeUndefined()
  }
})
