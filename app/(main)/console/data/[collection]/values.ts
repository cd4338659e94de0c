import type { FormField } from '@/lib/http/pages/collection-form.ts'

export type Item = { id: string } & Record<string, unknown>

/** A value as a person edits it; '' where there is none. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}

/** A value on one line of a table. */
export function cellText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/**
 * What a text means in a field. What does not fit is sent as it is: the API says what would be right,
 * in the words of the collection's own rules.
 *
 * @returns Undefined for no value.
 */
export function fieldValue({ kind, required }: FormField, text: string): unknown {
  // A text that has to be there may be empty; nothing else may.
  if (text === '') return required && (kind === 'text' || kind === 'long') ? '' : undefined
  switch (kind) {
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'json':
      return parsed(text)
    default:
      return text
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The members of a PATCH: those that are another, null for those that go. */
export function changesOf(
  fields: readonly FormField[],
  item: Item,
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = texts[field.name]
      if (!field.writable || text === undefined || text === textOf(item[field.name])) return []
      return [[field.name, fieldValue(field, text) ?? null]]
    }),
  )
}
