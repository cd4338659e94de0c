import { expect, test } from '@playwright/test'
import { createLog } from './log.ts'
import { printable } from './printable.ts'

const HOSTILE = {
  'a C0 control': 'a\u0007b',
  'a line break': 'a\r\nb',
  'a C1 control': 'a\u0085b',
  'a colour': 'a\u001b[31mb',
  'a colour by the C1 introducer': 'a\u009b1;31mb',
  'a window title': 'a\u001b]0;title\u0007b',
  'writing turned round': 'a\u202eb\u2069',
  'a mark of direction': 'a\u200fb',
  'no width': 'a\u200b\u2060\ufeffb',
  'a joiner that joins nothing': 'a\u200d\u200cb',
  'a hidden tag': 'a\u{e0041}b',
  'half a letter': 'a\ud83db',
  'a line separator': 'a\u2028b',
} as const

for (const [name, text] of Object.entries(HOSTILE)) {
  test(`${name} is dropped`, () => {
    expect(printable(text)).toBe('ab')
  })
}

test('what people write stays', () => {
  for (const text of [
    'Zoë Łukasz 山田 Ἀθηνᾶ e\u0301 Mozilla/5.0 (X11; Linux x86_64) "a" \\ b',
    // Joiners that are part of the spelling: Persian, Hindi, a family, a woman who programs.
    'می\u200cخواهم',
    'क्\u200dष',
    '👨\u200d👩\u200d👦 👩🏽\u200d💻 ❤\ufe0f\u200d🔥',
  ]) {
    expect(printable(text)).toBe(text)
  }
})

test('a log line holds one line of plain text, whatever is logged', () => {
  const lines: string[] = []
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
  )
  log('info', 'test', { value: Object.values(HOSTILE).join(' ') })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    event: 'test',
    time: '1970-01-01T00:00:00.000Z',
  })
})
