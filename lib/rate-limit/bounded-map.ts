const MOST_PARTITIONS = 10_000

/** Sets a value in a map that forgets its oldest entry beyond {@link MOST_PARTITIONS}. */
export function remember<value>(map: Map<string, value>, key: string, value: value): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST_PARTITIONS) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}
