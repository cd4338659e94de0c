/** What a terminal obeys: `ESC [` or CSI with its parameters, and `ESC ]` with its text (ECMA-48 §5.4). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find
const SEQUENCES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?/g
/**
 * Controls, marks that turn the writing round, what has no width, halves of letters, line separators;
 * but for the joiners that some scripts are spelled with, and emoji are made of.
 */
const UNPRINTABLE =
  /(?!(?<=[\p{M}\p{Script=Arabic}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * Removes from a text the characters that would change a terminal, or make the text look like another.
 * Used when a text is stored to be shown later, and again when it is printed: older records were stored
 * without it.
 *
 * @see Unicode TR 36 §2, "Visual Security Issues"
 */
export function printable(text: string): string {
  return text.replace(SEQUENCES, '').replace(UNPRINTABLE, '')
}
