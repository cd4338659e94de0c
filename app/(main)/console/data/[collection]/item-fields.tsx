'use client'
import type { ReactNode } from 'react'
import type { Fault } from '@/app/parts/api.ts'
import { Field } from '@/app/parts/fields.tsx'
import type { FormField } from '@/lib/http/pages/collection-form.ts'
import { ValueInput } from './value-input.tsx'

/** Every field of an item, each with its type and what the API says of it. */
export function ItemFields({
  fields,
  texts,
  fault,
  onText,
}: {
  fields: readonly FormField[]
  texts: Readonly<Record<string, string>>
  fault: Fault | undefined
  onText: (name: string, text: string) => void
}): ReactNode {
  return fields.map((field) => (
    <Field
      key={field.name}
      label={field.name}
      hint={field.writable ? hintOf(field) : 'The server sets it.'}
      error={errorOf(fault, field.name)}
    >
      {(ties) => (
        <ValueInput
          field={field}
          text={texts[field.name] ?? ''}
          onText={(text) => onText(field.name, text)}
          ties={ties}
        />
      )}
    </Field>
  ))
}

function hintOf({ type, required }: FormField): string {
  return required ? `${type}, required` : type
}

/** What is wrong with a field, or within it. */
function errorOf(fault: Fault | undefined, name: string): string | undefined {
  const found = Object.entries(fault?.fields ?? {}).find(
    ([place]) => place === name || place.startsWith(`${name}/`),
  )
  return found?.[1]
}

/** The members that the fields show by themselves. */
export function knownFaults(fault: Fault | undefined, fields: readonly FormField[]): string[] {
  return Object.keys(fault?.fields ?? {}).filter((place) =>
    fields.some(({ name }) => place === name || place.startsWith(`${name}/`)),
  )
}
