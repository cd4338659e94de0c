const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random letters and digits, each as likely as any other: 5.95 bits a character. */
export function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      const isFair = byte < 256 - (256 % ALPHABET.length)
      if (isFair && text.length < length) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}
