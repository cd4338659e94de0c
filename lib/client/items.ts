import type * as z from 'zod/mini'
import type * as collections from '../collections/index.ts'

type Registry = typeof collections
export type CollectionName = keyof Registry & string
// Also where the registry is empty.
type ShapeOf<collection> = collection extends {
  fields: (z: never) => infer shape extends Record<string, z.ZodMiniType>
}
  ? shape
  : never
type FieldsOf<name extends CollectionName> = z.ZodMiniObject<ShapeOf<Registry[name]>>
/** An item of a collection. */
export type ItemOf<name extends CollectionName> = { id: string } & z.output<FieldsOf<name>>
/** What a client may write of one: the server sets the rest. */
export type NewItemOf<name extends CollectionName> = { id?: string } & Omit<
  z.input<FieldsOf<name>>,
  'owner' | 'createdAt' | 'updatedAt'
>

/** The collection that a field refers to, also as one that need not be there, can be null, or is a list. */
type TargetOf<schema> = schema extends { readonly refersTo: infer target }
  ? target
  : schema extends { _zod: { def: { innerType: infer inner } } }
    ? TargetOf<inner>
    : schema extends { _zod: { def: { element: infer entry } } }
      ? TargetOf<entry>
      : never
type Targets<shape> = {
  [field in keyof shape & string as [TargetOf<shape[field]>] extends [never]
    ? never
    : field]: TargetOf<shape[field]> & CollectionName
}
/** The fields of a collection that refer to items, with the collections of those. */
export type ReferencesOf<name extends CollectionName> = Targets<ShapeOf<Registry[name]>>
