const SHORTEST = 3

/**
 * The words of a name, a host or an address, as {@link isMadeOf} compares them: each part, and all of
 * it in one, with its digits and without. Parts of one or two letters are left out: they are in
 * everything.
 */
export function wordsOf(...texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => {
    const parts = text.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u)
    return [...parts, parts.join('')].flatMap((part) => [part, lettersOf(part)])
  })
  return [...new Set(words)].filter((word) => word.length >= SHORTEST)
}

/**
 * Whether a password is nothing but such words, in any number and order, with digits and signs
 * anywhere: `usherusher`, `Usher-2026!`.
 *
 * @param plain In lower case; its time is its length times the words.
 */
export function isMadeOf(plain: string, words: readonly string[]): boolean {
  return [plain.replace(/[^\p{L}\p{M}\p{N}]+/gu, ''), lettersOf(plain)].some((text) => {
    const ends = new Set([0])
    for (let end = 0; end < text.length; end++) {
      if (!ends.has(end)) continue
      for (const word of words) if (text.startsWith(word, end)) ends.add(end + word.length)
    }
    return text !== '' && ends.has(text.length)
  })
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{M}]+/gu, '')
}
