import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { isMadeOf, wordsOf } from './context-words.ts'
import { newPassword, refusePassword } from './new-password.ts'

const passwordRules = { minLength: 8, serviceNames: ['Usher', 'Star Catalogue', 'api.example.com'] }

async function refusal(
  password: string,
  user = 'jane.doe1990@home.org',
  minLength = 8,
): Promise<string | undefined> {
  const rules = { ...passwordRules, minLength }
  const failure = await refusePassword(password, user, {
    passwordRules: rules,
    isBreached: async (each) => each === 'a breached password',
  })
  const { pointer, message } = failure?.errors?.[0] ?? {}
  expect(pointer).toBe(failure === undefined ? undefined : '#/password')
  return message
}

test('the words of the service and of the own address are refused, also with digits and signs', async () => {
  for (const password of [
    ...['usherusher', 'Usher-2026!', 'USHER2026', 'u-s-h-e-r-1', 'usher usher usher', '2026.usher'],
    ...[
      'StarCatalogue',
      'star-catalogue-1',
      'catalogue',
      'Example.com',
      'example!2026',
      'apiexample',
    ],
    ...['jane.doe1990', 'JaneDoe1990', 'janedoe2026', 'jane.doe1990@home.org', 'doe-jane-doe'],
    ...['home.org.2026', 'usher@home.org'],
  ]) {
    expect(await refusal(password), password).toContain('is made of your address')
  }
  expect(await refusal('13912345678', '13912345678@home.org')).toContain('is made of your address')
})

test('a password that holds such words among others is good', async () => {
  for (const password of [
    ...[
      'usher me in, please',
      'ushers and more',
      'star of the sea',
      'janedoes 1990',
      'x'.repeat(72),
    ],
    ...['a long enough one', '48151623', 'é'.repeat(36), '𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟'],
  ]) {
    expect(await refusal(password), password).toBeUndefined()
    expect(newPassword.safeParse(password).success, password).toBe(true)
  }
  expect(await refusal('ab-12345678x', 'ab@cd.de')).toBeUndefined()
})

test('each fault has its sentence, the least length that of the service', async () => {
  expect(await refusal('seven77')).toBe('needs 8 characters at least')
  // Seven characters, though 14 code units.
  expect(await refusal('𝟘'.repeat(7))).toBe('needs 8 characters at least')
  expect(await refusal('eleven chrs', undefined, 12)).toBe('needs 12 characters at least')
  expect(await refusal('twelve chars', undefined, 12)).toBeUndefined()
  expect(await refusal('Password1')).toBe('is one of the most common passwords')
  expect(await refusal('a breached password')).toContain('data breach')
})

test('what bcrypt would not read whole is refused, and a long text before it is normalised', () => {
  const { normalize } = String.prototype
  const lengths: number[] = []
  String.prototype.normalize = function (form) {
    lengths.push(this.length)
    return normalize.call(this, form)
  }
  try {
    const marks = '\u0315'.repeat(16_000) + '\u0316'.repeat(16_000)
    for (const password of [
      marks,
      `a${marks}`,
      'é'.repeat(37),
      'x'.repeat(73),
      'x'.repeat(1_025),
    ]) {
      const [issue] = newPassword.safeParse(password).error?.issues ?? []
      expect(issue?.message).toBe('may have 72 bytes of UTF-8 at most')
    }
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1_024)
  } finally {
    String.prototype.normalize = normalize
  }
  // The longest spelling of 72 bytes: three code units make two bytes.
  expect(newPassword.safeParse('ΐ'.repeat(36).normalize('NFD')).success).toBe(true)
})

test('words are found in any order, whatever else the words are', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{3,6}$/), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      words,
      fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 }),
      (all, picks) => {
        const picked = picks.map((pick) => all[pick % all.length] ?? '')
        expect(isMadeOf(picked.join('-7'), wordsOf(...all))).toBe(true)
        expect(isMadeOf(`${picked.join('')}é`, wordsOf(...all))).toBe(false)
      },
    ),
  )
})
