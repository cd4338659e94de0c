/**
 * The one text of a value that has several: fields are kept in it, so that equal values are equal texts,
 * and the order of the texts is that of the values where a list can say so.
 */
export type Canonical = (text: string) => string | undefined

/** `2026-01-31`; undefined for what is no date, or one that does not exist. */
export const dateOf: Canonical = (text) => {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const midnight = new Date(`${text}T00:00:00Z`)
  // JavaScript takes the 30th of February for the 2nd of March.
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text)
  return exists ? text : undefined
}

const TIME =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i

/**
 * `2026-01-31T12:00:00.000Z`: a time with a zone, in UTC with milliseconds. Finer parts are cut; undefined
 * for what is no time, has no zone, or is not in the years 0 to 9999, where texts are in the order of time.
 *
 * @see [RFC 3339 §5.6](https://www.rfc-editor.org/rfc/rfc3339.html#section-5.6)
 */
export const datetimeOf: Canonical = (text) => {
  const [, date = '', hour, minute, second, fraction = '', sign, ahead, minutesAhead] =
    TIME.exec(text) ?? []
  if (dateOf(date) === undefined) return undefined
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  const local = Date.parse(`${date}T${hour}:${minute}:${second}.${milliseconds}Z`)
  const offset = sign === undefined ? 0 : (Number(ahead) * 60 + Number(minutesAhead)) * 60_000
  const utc = new Date(sign === '-' ? local + offset : local - offset).toISOString()
  // Other years are written with a sign and six digits.
  return /^\d{4}-/.test(utc) ? utc : undefined
}

/** So many digits stand before the point of a decimal. */
export const MOST_WHOLE_DIGITS = 30

/** How a decimal with so many digits behind its point at most is written. */
export function decimalPattern(digits: number): RegExp {
  const fraction = digits === 0 ? '' : `(\\.\\d{1,${digits}})?`
  return new RegExp(`^-?(0|[1-9]\\d{0,${MOST_WHOLE_DIGITS - 1}})${fraction}$`)
}

/** Addresses of pages: any other scheme could make a link run a script. */
export const URL_START = /^https?:\/\/\S+$/i
export const LONGEST_URL = 2_048

/** An absolute URL of http or https, as it was written. */
export const urlOf: Canonical = (text) =>
  text.length <= LONGEST_URL && URL_START.test(text) && URL.canParse(text) ? text : undefined

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
/** An address as HTML has it, of a domain with a dot. */
export const EMAIL = new RegExp(
  `^[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@(?:${LABEL}\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$`,
)
export const LONGEST_EMAIL = 254

/** A mail address, as it was written. */
export const emailOf: Canonical = (text) =>
  text.length <= LONGEST_EMAIL && EMAIL.test(text) ? text : undefined
