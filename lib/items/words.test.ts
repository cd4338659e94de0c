import { expect, test } from '@playwright/test'
import { fold, wordsOf } from './words.ts'

test('what is typed without case, accents or foreign letters finds what is meant', () => {
  for (const [typed, meant] of [
    ['ΟΔΥΣ', 'Οδύσσεια'],
    ['οδυς', 'ΟΔΥΣΣΕΙΑ'],
    ['STRASSE', 'Straße'],
    ['straße', 'STRAẞE'],
    ['lodz', 'Łódź'],
    ['soren', 'Søren'],
    ['aeroskobing', 'Ærøskøbing'],
    ['thorbjorn', 'Þorbjǫrn'],
    ['istanbul', 'İSTANBUL'],
    ['ISPARTA', 'ısparta'],
    ['oeuvre', 'Œuvre'],
    ['dordevic', 'Đorđević'],
    ['office', 'oﬃce'],
    ['2', '²'],
  ])
    expect(fold(meant ?? ''), `${typed} for ${meant}`).toContain(fold(typed ?? ''))
})

test('any character is folded alike in upper and lower case, and once is enough', () => {
  const wrong: string[] = []
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const char = String.fromCodePoint(point)
    // The iota below a Greek letter is a mark in lower case, and a letter in upper case.
    if (char.normalize('NFKD').includes('\u0345')) continue
    const folded = fold(char)
    const others = [fold(folded), fold(char.toLowerCase()), fold(char.toUpperCase())]
    if (others.some((other) => other !== folded)) wrong.push(char)
  }
  expect(wrong).toEqual([])
})

test('words are the letters and digits of the beginning of a text', () => {
  expect(wordsOf('Of mice, of men: 1937')).toEqual(['of', 'mice', 'men', '1937'])
  expect(wordsOf(`${'x'.repeat(70)} `.repeat(100))).toEqual(['x'.repeat(64), 'x'.repeat(12)])
  expect(wordsOf('\u0301'.repeat(40_000))).toEqual([])
})

test('a text that grows when it is taken apart is cut again', () => {
  // One character of these becomes eighteen, three and two.
  for (const char of ['\ufdfa', '\uac01', 'é', '\u{1d160}']) {
    expect(fold(char.repeat(2_000)).length, char).toBeLessThanOrEqual(2_000)
  }
  expect(wordsOf(`${'\ufdfa '.repeat(200)}behind`)).not.toContain('behind')
  expect(wordsOf(`${'x '.repeat(900)}within`)).toEqual(['x', 'within'])
})
