import { expect, test } from '@playwright/test'
import { isForeign, isSameOrigin } from './csrf.ts'

const OWN = 'https://api.example.com'
const OTHER = 'https://evil.example.org'

function sent(site: string | undefined, origin: string | undefined): Headers {
  const headers = new Headers()
  if (site !== undefined) headers.set('Sec-Fetch-Site', site)
  if (origin !== undefined) headers.set('Origin', origin)
  return headers
}

for (const [about, site, origin, sameOrigin, foreign] of [
  ['a page of this origin', 'same-origin', OWN, true, false],
  ['a page of this origin that sends no Origin', 'same-origin', undefined, true, false],
  ['an old browser on a page of this origin', undefined, OWN, true, false],
  ['an old browser on a page of another', undefined, OTHER, false, true],
  ['an old browser on a sandboxed page', undefined, 'null', false, true],
  ['a page of another site', 'cross-site', OTHER, false, true],
  ['a page of another site, by a form without Origin', 'cross-site', undefined, false, true],
  ['a page of another subdomain', 'same-site', 'https://www.example.com', false, true],
  ['a page of another site that claims this origin', 'cross-site', OWN, false, true],
  ['an origin that begins like this one', undefined, `${OWN}.evil.org`, false, true],
  ['a person who typed the address', 'none', undefined, false, false],
  ['a program', undefined, undefined, false, false],
  ['what no browser sends', 'Same-Origin', undefined, false, true],
] as const) {
  test(`${about}: ${sameOrigin ? 'may' : 'may not'} act by cookies, ${foreign ? 'is' : 'is not'} foreign`, () => {
    expect(isSameOrigin(sent(site, origin), OWN)).toBe(sameOrigin)
    expect(isForeign(sent(site, origin), OWN)).toBe(foreign)
  })
}
