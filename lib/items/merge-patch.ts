import type { ZodMiniType } from 'zod/mini'
import { DEEPEST_JSON } from './field.ts'

/**
 * What a value becomes by a merge patch: members of objects are merged, null takes one away, and
 * anything else takes the place of what was there. By its `schema` null is the value of a member that has to be there
 * and may be null: taken away, it would be missing.
 *
 * @see [RFC 7396 §2](https://www.rfc-editor.org/rfc/rfc7396.html#section-2)
 */
export function mergePatch(
  target: unknown,
  patch: unknown,
  schema?: ZodMiniType,
  depth = 0,
): unknown {
  // What is deeper than any value may be is refused as it is.
  if (!isObject(patch) || depth > DEEPEST_JSON) return patch
  const members = new Map<string, unknown>(isObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    const member = memberOf(schema, name)
    if (value === null && !isNullWanted(member)) members.delete(name)
    else members.set(name, mergePatch(members.get(name), value, member, depth + 1))
  }
  // Defines every name as a member of its own, `__proto__` too.
  return Object.fromEntries(members)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether null is a value there, and nothing is none. */
export function isNullWanted(schema: ZodMiniType | undefined): boolean {
  if (schema === undefined) return false
  return schema.safeParse(null).success && !schema.safeParse(undefined).success
}

function memberOf(schema: ZodMiniType | undefined, name: string): ZodMiniType | undefined {
  const { innerType, shape } = Object(schema?._zod.def)
  if (innerType !== undefined) return memberOf(innerType, name)
  return shape !== undefined && Object.hasOwn(shape, name) ? shape[name] : undefined
}
