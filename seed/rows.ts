/** One record, by columns: any names, any values. Null and undefined are no value. */
export type Row = Readonly<Record<string, unknown>>

/** The records of a source, from the first: they can be read again and again. */
export type Rows = () => Iterable<Found>

/** A record of a source, or why it cannot be read as one. */
export type Found = FoundRow | FoundFault

export interface FoundRow {
  row: Row
  /** Where it begins in its file, from 1. */
  line?: number
  /** As JSON, where the row itself does not hold all of it. */
  source?: string
  /** Whether its values are texts alone, as cells of CSV are: JSON is a text in them. */
  isOfTexts?: true
}

export interface FoundFault {
  fault: string
  line: number
  /** The text that was found, as JSON. */
  source: string
}

/** A record that can be stored: an id, and the text of each declared field in their order. */
export interface Entry {
  id: string
  stored: (string | undefined)[]
  bytes: number
  /** Which record it is, from 1. */
  row: number
  found: FoundRow
}

/** Why a record is not stored. Records with one reason are counted together. */
export interface Fault {
  reason: string
  /** The value that the reason is about, for the screen. */
  example?: string
  /** What else there is to say of this one alone. */
  detail?: string
}

/** A record that is not stored; `row` counts from 1. */
export interface Reject extends Fault {
  row: number
  line: number | undefined
  /** The record, as JSON. */
  data: string
}

export function rejectOf(found: Found, row: number, fault: Fault): Reject {
  const data = 'fault' in found ? found.source : (found.source ?? JSON.stringify(found.row))
  return { ...fault, row, line: found.line, data }
}

/** A file that cannot be read as records: what is wrong with it, in words that follow its name. */
export class FileFault extends Error {
  override readonly name = 'FileFault'
}
