const MOST_ENTRIES = 10_000

/** Sets a value in a map that forgets its oldest entry beyond `most`. */
export function remember<value>(
  map: Map<string, value>,
  key: string,
  value: value,
  most = MOST_ENTRIES,
): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= most) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}
