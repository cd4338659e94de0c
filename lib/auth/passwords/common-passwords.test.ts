import { expect, test } from '@playwright/test'
import { dictionary } from '@zxcvbn-ts/language-common'
import { commonPasswords, isCommonPassword } from './common-passwords.ts'

test('the list is the first 4,000 that fit of the package: npm run common-passwords writes it', () => {
  const fitting = new Set(dictionary['passwords-common'].filter((word) => word.length >= 8))
  const first = [...fitting].slice(0, 4_000)
  expect(commonPasswords().size).toBe(4_002)
  expect(first.filter((word) => !commonPasswords().has(word))).toEqual([])
  expect(first.filter((word) => !isCommonPassword(word))).toEqual([])
})

test('a common password is one alone, repeated, and with digits and signs at its ends', () => {
  for (const password of [
    ...['password', 'passwordpassword', 'password-2026!', '!!password', '123password456'],
    ...['correcthorsebatterystaple', 'p@ssword', 'letmein1', '1qaz2wsx', 'sunshine.', '(starwars)'],
  ]) {
    expect(isCommonPassword(password), password).toBe(true)
  }
})

test('a few characters again and again, and the rows of a keyboard, are common too', () => {
  for (const password of [
    ...['aaaaaaaa', '1111111111', '12121212', '12341234', 'asdasdasd', '1234512345'],
    ...['qwertyqwerty', 'abababababababab', '!!!!!!!!', 'aaaaaaaa1', '-12121212-'],
    ...['0123456789', '0987654321', '87654321', '345678901', 'abcdefgh', 'zyxwvuts'],
    ...['poiuytrewq', 'lkjhgfdsa', 'abcdefgh1!'],
  ]) {
    expect(isCommonPassword(password), password).toBe(true)
  }
})

test('what only holds a common word, or is long, is not', () => {
  for (const password of [
    ...['a long enough one', 'correct horse', 'sunshine over the sea', 'my password is long'],
    ...['7391-x-8842', 'passwords and more', 'x'.repeat(72), 'abcdefghj', '-', '', '𝟘'],
  ]) {
    expect(isCommonPassword(password), password).toBe(false)
  }
})
