/**
 * Whether the value of `If-Match` names the current entity tag: by strong comparison, so that a weak
 * tag names none.
 *
 * @param tag Strong, as all of ours are; undefined where there is nothing that has one.
 * @see [RFC 9110 §13.1.1](https://www.rfc-editor.org/rfc/rfc9110.html#section-13.1.1)
 */
export function namesStrongly(list: string, tag: string | undefined): boolean {
  return tag !== undefined && (isAny(list) || members(list).includes(tag))
}

/**
 * Whether the value of `If-None-Match` names it: by weak comparison, which does not ask whether a tag
 * is weak.
 *
 * @see [RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110.html#section-13.1.2)
 */
export function namesWeakly(list: string, tag: string | undefined): boolean {
  if (tag === undefined) return false
  return isAny(list) || members(list).some((each) => each.replace(/^W\//, '') === tag)
}

function isAny(list: string): boolean {
  return list.trim() === '*'
}

function members(list: string): string[] {
  return list.split(',').map((each) => each.trim())
}
