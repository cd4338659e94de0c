import { RESERVED_PREFIXES } from '../store/keys.ts'
import type { Collection } from './define.ts'

/** Collections, unless a key could be an item of two. */
type Apart<registry extends Record<string, Collection>> = {
  [name in keyof registry]: registry[name]['prefix'] extends `${registry[Exclude<keyof registry, name>]['prefix']}${string}`
    ? { prefix: 'This begins as the prefix of another collection does' }
    : unknown
}

/**
 * Checks that each key belongs to one collection of a registry and none to Usher: a collection with the
 * prefix `user:x:` would write keys that look like accounts. The compiler checks the same, but not every
 * command compiles.
 *
 * @throws TypeError that names the prefix and says what would be right: nothing starts then.
 */
export function apart<registry extends Record<string, Collection>>(
  registry: registry & Apart<registry>,
): readonly Collection[] {
  const all: readonly Collection[] = Object.values(registry)
  for (const collection of all) {
    const { name, prefix } = collection
    const reserved = RESERVED_PREFIXES.find((own) => overlap(own, prefix))
    if (reserved !== undefined) {
      throw new TypeError(
        `The collection ${name} cannot have the prefix "${prefix}": keys that begin with "${reserved}" are Usher's own. Choose another first word.`,
      )
    }
    const other = all.find((each) => each !== collection && overlap(each.prefix, prefix))
    if (other !== undefined) {
      throw new TypeError(
        `The collections ${name} and ${other.name} cannot have the prefixes "${prefix}" and "${other.prefix}": one begins as the other does, and a key could belong to both. Choose another first word for one of them.`,
      )
    }
  }
  return all
}

function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a)
}
