import { DEEPEST_JSON } from './field.ts'

/**
 * What a value becomes by a merge patch: members of objects are merged, null takes one away, and
 * anything else takes the place of what was there.
 *
 * @see [RFC 7396 §2](https://www.rfc-editor.org/rfc/rfc7396.html#section-2)
 */
export function mergePatch(target: unknown, patch: unknown, depth = 0): unknown {
  // What is deeper than any value may be is refused as it is.
  if (!isObject(patch) || depth > DEEPEST_JSON) return patch
  const members = new Map<string, unknown>(isObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name)
    else members.set(name, mergePatch(members.get(name), value, depth + 1))
  }
  // Defines every name as a member of its own, `__proto__` too.
  return Object.fromEntries(members)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
