/** A cookie has 4 KiB, and the path is in one. */
const LONGEST = 1_024

/**
 * The path that a browser is sent to in the end, percent-encoded. It is one of this origin: what begins with
 * `//` names another host, and so do a backslash and what browsers leave out of URLs, line breaks and tabs.
 *
 * @returns Undefined for what is no such path.
 * @see OWASP Unvalidated Redirects and Forwards Cheat Sheet
 */
export function localPath(text: string, origin: string): string | undefined {
  const isPath = /^\/[^\\\p{Cc}\s]*$/u.test(text) && !/^[^?#]*\/\//.test(text)
  const url = isPath && text.isWellFormed() ? urlOf(text, origin) : undefined
  if (url === undefined) return undefined
  const path = `${url.pathname}${url.search}${url.hash}`
  const isOwn = url.origin === origin && !path.startsWith('//')
  return isOwn && path.length <= LONGEST ? path : undefined
}

/** By trial: once it is compiled, `URL.canParse` of Node 20 refuses every text with a letter of Latin-1. */
function urlOf(text: string, origin: string): URL | undefined {
  try {
    return new URL(text, origin)
  } catch {
    return undefined
  }
}
