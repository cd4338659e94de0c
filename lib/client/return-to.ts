/**
 * A path of this origin, as it is. It stops a link to a sign-in page from leading to another site
 * afterwards: `//host`, `/\host` and what a browser reads as one of them (it drops tabs and line breaks).
 *
 * @param sent What the query says.
 * @param fallback Where to go instead.
 */
export function returnPath(sent: string | null | undefined, fallback: string): string {
  const isPath = typeof sent === 'string' && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(sent)
  return isPath ? sent : fallback
}
