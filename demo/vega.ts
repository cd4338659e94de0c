import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import iconv from 'iconv-lite'
import type { Row } from '../seed/rows.ts'

/** The movies were collected in 2010, with announcements for the year after. */
const NEWEST_YEAR = 2011

interface Film {
  title: string
  director: string | undefined
  year: number | undefined
}

/**
 * The 3,201 movies of the npm package `vega-datasets`, cleaned: titles that are numbers become text,
 * letters that were decoded with the wrong table are mended, years a century off are put back, and
 * titles that occur twice get their year: `Casino Royale (2006)`. A row without a title keeps an
 * empty title, and so is rejected with that reason.
 */
export async function readVega(): Promise<Row[]> {
  const entry = createRequire(import.meta.url).resolve('vega-datasets')
  const file = join(dirname(entry), '..', 'data', 'movies.json')
  const films = (JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>[]).map(filmOf)

  const byTitle = new Map<string, Film[]>()
  for (const film of films) byTitle.set(film.title, [...(byTitle.get(film.title) ?? []), film])
  return films.map((film) => ({
    title: nameOf(film, byTitle.get(film.title) ?? []),
    director: film.director,
    year: film.year,
  }))
}

function filmOf(row: Record<string, unknown>): Film {
  const { Title, Director, 'Release Date': date } = row
  const title = Title === null || Title === undefined ? '' : mend(String(Title))
  const year = Number(/(\d{4})$/.exec(String(date))?.[1])
  return {
    title,
    director: typeof Director === 'string' ? mend(Director) : undefined,
    year: Number.isNaN(year) ? undefined : year > NEWEST_YEAR ? year - 100 : year,
  }
}

/** The title; among films of one title with the year, and where that is not enough, the director. */
function nameOf(film: Film, namesakes: readonly Film[]): string {
  const { title, year, director } = film
  if (title === '' || namesakes.length === 1) return title
  const sameYear = namesakes.filter((other) => other.year === year)
  return sameYear.length === 1
    ? `${title} (${year ?? 'year unknown'})`
    : `${title} (${year ?? 'year unknown'}, ${director ?? 'director unknown'})`
}

/**
 * Mends text whose Windows-1252 bytes were read as Mac Roman: `AstÈrix` was `Astérix`. Text with a
 * letter that Mac Roman does not have (`Alien³`) was read rightly and stays.
 */
export function mend(text: string): string {
  // The table knows the ohm sign, the data its canonical twin, the omega.
  const spelled = text.replaceAll('\u03A9', '\u2126')
  const bytes = iconv.encode(spelled, 'macroman')
  const reversible = iconv.decode(bytes, 'macroman') === spelled
  const mended = reversible ? iconv.decode(bytes, 'windows-1252') : text
  return mended.normalize('NFC').replace(/\s+/g, ' ').trim()
}
