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
type FieldsOf<name extends CollectionName> = z.output<z.ZodMiniObject<ShapeOf<Registry[name]>>>
/** An item of a collection. */
export type ItemOf<name extends CollectionName> = { id: string } & FieldsOf<name>
/** What a client may write of one: the server sets the rest. */
export type NewItemOf<name extends CollectionName> = { id?: string } & Omit<
  FieldsOf<name>,
  'owner' | 'createdAt'
>
