/** Letters that do not come apart into a letter of ASCII and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'Ae',
  œ: 'oe',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  ı: 'i',
}

/** The words of a text, in letters and digits of ASCII: `Beak Length (mm)`, `beakLength_mm`. */
function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\P{ASCII}/gu, (letter) => LETTERS[letter] ?? ' ')
  return plain
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}

/** `beakLengthMm`; '' where the text has no letter or digit of ASCII. */
function camelCase(text: string): string {
  const [first = '', ...others] = wordsOf(text)
  return first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** What every object has: a field of such a name would be found where there is none. */
const OF_EVERY_OBJECT = new Set(Object.getOwnPropertyNames(Object.prototype))

/**
 * Names for columns that are names in JavaScript, in a query and in GraphQL: a column's own where it is
 * one and begins with a small letter, else its words in camel case.
 *
 * @param taken Names that no column may have.
 */
export function fieldNames(
  columns: readonly string[],
  taken: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = new Map<string, string>()
  const used = new Set<string>()
  for (const [index, column] of columns.entries()) {
    const own = nameOf(column, index)
    const wanted = taken.get(own) ?? (OF_EVERY_OBJECT.has(own) ? `${own}Value` : own)
    let name = wanted
    for (let copy = 2; used.has(name); copy++) name = `${wanted}${copy}`
    used.add(name)
    names.set(column, name)
  }
  return names
}

function nameOf(column: string, index: number): string {
  if (/^[a-z][A-Za-z\d]*(_[A-Za-z\d]+)*$/.test(column)) return column
  const name = camelCase(column)
  if (name === '') return `column${index + 1}`
  if (/^[a-z]/.test(name)) return name
  return /^(1\d|20)\d\d$/.test(name) ? `year${name}` : `value${name}`
}

/** A collection's name of that of its file, `seattle-weather.csv`: a word of JavaScript. */
export function collectionName(base: string): string {
  const name = camelCase(base)
  return name === '' || /^[a-z]/.test(name) ? name : `rows${name}`
}

/** What `export const` may not be followed by; `defineCollection` is imported. */
const WORDS_OF_JAVASCRIPT =
  /^(await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|arguments|eval|undefined|globalThis|defineCollection)$/

/** Whether a name is one of a collection: of a path, of a scope, of a constant. */
export function isCollectionName(name: string): boolean {
  return /^[a-z][A-Za-z\d]{0,63}$/.test(name) && !WORDS_OF_JAVASCRIPT.test(name)
}

const SINGULARS: Readonly<Record<string, string>> = {
  children: 'child',
  data: 'datum',
  men: 'man',
  mice: 'mouse',
  news: 'news',
  people: 'person',
  series: 'series',
  species: 'species',
  women: 'woman',
}

/** One of several, by the rules of English: `cities`, `buses`, `films`. */
export function singular(plural: string): string {
  const known = SINGULARS[plural]
  if (known !== undefined) return known
  if (/^(brown|calor|cook|mov|zomb)ies$/.test(plural)) return plural.slice(0, -1)
  if (/[^aeiou]ies$/.test(plural)) return plural.replace(/ies$/, 'y')
  if (/(ss|sh|ch|x|z|us)es$/.test(plural)) return plural.replace(/es$/, '')
  return /[^sui]s$/.test(plural) ? plural.slice(0, -1) : plural
}
