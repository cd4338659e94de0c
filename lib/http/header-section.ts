/**
 * The largest request line and header section together, in characters. Whatever reads a header or a
 * path has so much before it at most.
 */
export const LARGEST_HEADER_SECTION = 16 * 1_024

/** Colon, space and line end. */
const AROUND_FIELD = 4

/**
 * Whether the URL and the header fields are larger than the limit. The start server counts the bytes that
 * it receives; this check is for hosts without it, where the gate sees a request first.
 *
 * @see [RFC 6585 §5](https://www.rfc-editor.org/rfc/rfc6585.html#section-5)
 */
export function isHeaderSectionTooLarge(url: string, headers: Headers): boolean {
  let size = url.length
  for (const [name, value] of headers) size += name.length + value.length + AROUND_FIELD
  return size > LARGEST_HEADER_SECTION
}

/** The `detail` of the problem. */
export const HEADER_SECTION_DETAIL =
  'Send 16 KiB at most of request line and header fields together.'
