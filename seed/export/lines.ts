import type { Collection } from '../../lib/collections/define.ts'
import { type Field, isJson, parseStored } from '../../lib/items/field.ts'
import { readerOf } from '../../lib/items/item.ts'
import type { StoredFields } from '../../lib/store/stored-fields.ts'
import type { Format } from './words.ts'

/** Items as the lines of a file, and what such a file cannot say of them. */
export class Lines {
  readonly #fields: readonly Field[]
  readonly #format: Format
  /** Values that do not fit their fields. */
  unfit = 0
  /** Texts without a character, which CSV cannot tell from none. */
  empties = 0

  constructor(collection: Collection, format: Format) {
    this.#fields = readerOf(collection).fields
    this.#format = format
  }

  /** What stands before the first item. */
  header(): string {
    if (this.#format === 'ndjson') return ''
    return `${['id', ...this.#fields.map(({ name }) => name)].map(cell).join(',')}\r\n`
  }

  of(id: string, stored: StoredFields): string {
    return this.#format === 'csv' ? this.#csv(id, stored) : this.#ndjson(id, stored)
  }

  #ndjson(id: string, stored: StoredFields): string {
    const members = [`"id":${JSON.stringify(id)}`]
    for (const [index, field] of this.#fields.entries()) {
      const raw = stored[index]
      const name = JSON.stringify(field.name)
      if (raw !== undefined) members.push(`${name}:${this.#json(field, raw)}`)
      else if (field.isNullable) members.push(`${name}:null`)
    }
    return `{${members.join(',')}}\n`
  }

  /** A value with all digits that it has. */
  #json(field: Field, raw: string): string {
    if (!this.#fits(field, raw)) return JSON.stringify(raw)
    if (isJson(field)) return raw.replace(/[\r\n]+/g, ' ')
    return field.kind === 'number' || field.kind === 'boolean' ? raw : JSON.stringify(raw)
  }

  #csv(id: string, stored: StoredFields): string {
    const cells = [cell(id)]
    for (const [index, field] of this.#fields.entries()) {
      const raw = stored[index]
      if (raw !== undefined) this.#fits(field, raw)
      if (raw === '') this.empties++
      cells.push(cell(raw ?? ''))
    }
    return `${cells.join(',')}\r\n`
  }

  #fits(field: Field, raw: string): boolean {
    const { fits } = parseStored(field, raw)
    if (!fits) this.unfit++
    return fits
  }
}

/** A value between commas (RFC 4180 §2). A reader may take the delimiter that the header has most of. */
function cell(text: string): string {
  return /[",;\t|\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
