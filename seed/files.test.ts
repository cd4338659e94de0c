import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { FileDecoder } from './decode.ts'
import { guessEncoding, rowsOf } from './files.ts'

let folder: string
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-files-'))
})
test.afterAll(() => rmSync(folder, { recursive: true }))

test('bytes are the same text, however many are read at a time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 5 }), (text, length) => {
      for (const encoding of ['utf-8', 'utf-16le'] as const) {
        const bytes = Buffer.from(`\ufeffab${text}`, encoding === 'utf-8' ? 'utf8' : 'utf16le')
        const decoder = new FileDecoder(encoding)
        let read = ''
        for (let at = 0; at < bytes.length; at += length) {
          read += decoder.write(bytes.subarray(at, at + length))
        }
        expect(read + decoder.end()).toBe(`ab${text}`)
      }
    }),
    { numRuns: 200 },
  )
})

test('a byte that is wrong has its line and its place in the file, wherever a piece ends', () => {
  const bytes = Buffer.concat([Buffer.from('a,b\n'.repeat(1_000)), Buffer.of(0x41, 0xe9, 0x2c)])
  for (const length of [1, 7, 4_000, 5_000]) {
    const decoder = new FileDecoder('utf-8')
    expect(() => {
      for (let at = 0; at < bytes.length; at += length) {
        decoder.write(bytes.subarray(at, at + length))
      }
      decoder.end()
    }).toThrow('is not UTF-8: line 1001, byte offset 4001: 0xE9')
  }
})

test('the encoding is known by the bytes', () => {
  const write = (bytes: Buffer | string): string => {
    const path = join(folder, 'file.csv')
    writeFileSync(path, bytes)
    return path
  }
  // A letter of two bytes where a piece ends.
  const long = `${'x'.repeat(262_143)}é\n`
  expect(guessEncoding(write(`id,name\n1,${long}`))).toBe('utf-8')
  expect(guessEncoding(write(Buffer.from(`id,name\n1,${long}`, 'latin1')))).toBe('latin1')
  expect(guessEncoding(write(Buffer.from('\ufeffid,name\n', 'utf16le')))).toBe('utf-16le')
  expect(guessEncoding(write(Buffer.from('\ufeffid,name\n', 'utf16le').swap16()))).toBe('utf-16be')
  const path = write(Buffer.from('id,name\n1,Zürich\n', 'latin1'))
  expect([...rowsOf(path, guessEncoding(path))()]).toMatchObject([{ row: { name: 'Zürich' } }])
})
