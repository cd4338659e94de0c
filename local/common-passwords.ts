import { writeFile } from 'node:fs/promises'
import { dictionary } from '@zxcvbn-ts/language-common'
import { SHORTEST_PASSWORD_CHARACTERS } from '../lib/auth/passwords/password.ts'

const WORDS = 4_000

const fitting = dictionary['passwords-common'].filter(
  (word) => word.length >= SHORTEST_PASSWORD_CHARACTERS && /^[a-z0-9_.@]+$/.test(word),
)

/** Each word without what it begins with in common with the one before: `A` for 0 letters, to `Z`. */
function frontCoded(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const before = words[index - 1] ?? ''
    let shared = 0
    while (shared < 25 && word[shared] === before[shared]) shared++
    return String.fromCharCode('A'.charCodeAt(0) + shared) + word.slice(shared)
  })
}

const coded = frontCoded([...new Set(fitting)].slice(0, WORDS).sort()).join('')
// A line ends before a capital.
const lines = coded.match(/.{1,96}(?=[A-Z]|$)/g) ?? []

/** Writes the list of common passwords; a test fails when it is another. */
await writeFile(
  'lib/auth/passwords/common-passwords-list.ts',
  `/**
 * Written by \`npm run common-passwords\`: the first ${WORDS.toLocaleString('en')} passwords of eight characters and more in
 * \`@zxcvbn-ts/language-common\`, sorted. A capital says how many letters a word shares with the one
 * before: \`A\` none, \`B\` one.
 *
 * The list is under the MIT licence, whose text is in LICENSE:
 * Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc., Copyright (c) 2021 @zxcvbn-ts
 */
export const COMMON_PASSWORDS_LIST = \`
${lines.join('\n')}
\`
`,
)
