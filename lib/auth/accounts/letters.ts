import type { Mail } from '../../mail.ts'

/** Where the links lead; the token is in the fragment, which no server and no log gets to see. */
export const LETTER_PATHS = { verify: '/account/verify', reset: '/account/reset' } as const

/** A link that confirms the address. */
export function verificationLetter(to: string, origin: string, token: string): Mail {
  return letter(to, 'Confirm your address', [
    `Somebody, hopefully you, registered this address at ${origin}.`,
    'Confirm it within 24 hours:',
    link(origin, 'verify', token),
    'If it was not you, do nothing: without this step there is no account.',
  ])
}

/** Says to the owner of an account that somebody tried to register it. */
export function knownAddressLetter(to: string, origin: string): Mail {
  return letter(to, 'You have an account already', [
    `Somebody, hopefully you, tried to register this address at ${origin}.`,
    'You have an account already: sign in, or ask for a new password if you forgot yours.',
    'Nothing was changed.',
  ])
}

/** A link that sets a new password. */
export function resetLetter(to: string, origin: string, token: string): Mail {
  return letter(to, 'Choose a new password', [
    `Somebody, hopefully you, asked for a new password at ${origin}.`,
    'Choose it within 30 minutes; every session and every API key ends then:',
    link(origin, 'reset', token),
    'If it was not you, do nothing: your password stays as it is.',
  ])
}

/** Says to the owner of an account that its password is another, and how to undo it. */
export function passwordLetter(
  to: string,
  origin: string,
  change: { how: 'changed' | 'reset'; endedKeys: number; leftKeys: number },
): Mail {
  const { how, endedKeys, leftKeys } = change
  const sessions = how === 'reset' ? 'Every session has ended' : 'Every other session has ended'
  const ended = endedKeys === 0 ? '' : `; ${count(endedKeys)} ended too`
  const left = leftKeys === 0 ? '' : ` Your account still has ${count(leftKeys)} in use.`
  return letter(to, 'Your password was changed', [
    `The password of your account at ${origin} was ${how === 'reset' ? 'set by a link in a mail' : 'changed'}.`,
    `${sessions}${ended}.${left}`,
    `If it was not you, ask for a new password at once: ${origin}`,
  ])
}

function count(keys: number): string {
  return keys === 1 ? 'one API key' : `${keys} API keys`
}

function link(origin: string, action: keyof typeof LETTER_PATHS, token: string): string {
  return `${origin}${LETTER_PATHS[action]}#token=${token}`
}

function letter(to: string, subject: string, paragraphs: string[]): Mail {
  const html = paragraphs.map((text) => {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    const isLink = /^https?:\S+$/.test(text)
    return `<p>${isLink ? `<a href="${escaped}">${escaped}</a>` : escaped}</p>`
  })
  return { to, subject, text: `${paragraphs.join('\n\n')}\n`, html: html.join('\n') }
}
