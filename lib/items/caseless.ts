/**
 * A text without case: two texts that differ by it alone become one.
 *
 * @see [Unicode, 5.18.4](https://www.unicode.org/versions/latest/) Caseless matching
 */
export function caseless(text: string): string {
  // ẞ has no upper case but ß, and ß has: SS.
  return text.toLowerCase().toUpperCase().toLowerCase()
}
