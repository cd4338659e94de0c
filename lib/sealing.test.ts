import { expect, test } from '@playwright/test'
import { createSealer } from './sealing.ts'

const sealer = createSealer('a purpose', ['a secret'])

test('what is sealed is opened again, and reads as nothing', async () => {
  const sealed = await sealer.seal('{"state":"a state"}')
  expect(sealed).toMatch(/^[\w-]+$/)
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('state')
  expect(await sealer.open(sealed)).toBe('{"state":"a state"}')
  expect(await sealer.seal('the same')).not.toBe(await sealer.seal('the same'))
})

test('another purpose and another secret open nothing; an earlier secret does', async () => {
  const sealed = await sealer.seal('text')
  expect(await createSealer('another', ['a secret']).open(sealed)).toBeUndefined()
  expect(await createSealer('a purpose', ['another']).open(sealed)).toBeUndefined()
  expect(await createSealer('a purpose', ['another', 'a secret']).open(sealed)).toBe('text')
})

test('a changed byte anywhere, a cut and a text that is none are nothing', async () => {
  const sealed = await sealer.seal('text')
  const bytes = Buffer.from(sealed, 'base64url')
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(await sealer.open(changed.toString('base64url'))).toBeUndefined()
  }
  for (const text of ['', 'x', '=', 'ü', sealed.slice(0, 20), `${sealed}AAAA`, `${sealed}=`]) {
    expect(await sealer.open(text), text).toBeUndefined()
  }
})
