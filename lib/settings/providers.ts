import { KNOWN_PROVIDERS, type Linking, type Provider } from '../auth/identities/provider.ts'
import { isLoopback, type Read } from './readers.ts'
import type { Variables } from './types.ts'

const VARIABLE = /^OAUTH_(.+)_(CLIENT_ID|CLIENT_SECRET|ISSUER)$/
const NAME = /^[A-Z][A-Z\d]*(_[A-Z\d]+)*$/

/**
 * The providers that people sign in with: each has its client id and secret, and an issuer where it is
 * not known by its name. They come in the order of their ids.
 */
export function providers(variables: Variables, read: Read, faults: string[]): Provider[] {
  const names = Object.keys(variables).flatMap((variable) => {
    const name = VARIABLE.exec(variable)?.[1]
    return name === undefined || read(variable) === undefined ? [] : name
  })
  return [...new Set(names)].sort().flatMap((name) => provider(name, read, faults) ?? [])
}

function provider(name: string, read: Read, faults: string[]): Provider | undefined {
  const prefix = `OAUTH_${name}`
  if (!NAME.test(name)) {
    const form = 'capital letters and digits, in words that _ joins'
    faults.push(`${prefix}_CLIENT_ID names no provider: a name is ${form}.`)
    return undefined
  }
  const id = name.toLowerCase()
  const known = KNOWN_PROVIDERS[id]
  const [clientId, clientSecret] = [read(`${prefix}_CLIENT_ID`), read(`${prefix}_CLIENT_SECRET`)]
  const issuer = read(`${prefix}_ISSUER`) ?? known?.issuer
  const needs = `${prefix} needs both, as the provider gave them.`
  if (clientId === undefined) faults.push(`${prefix}_CLIENT_ID is missing: ${needs}`)
  if (clientSecret === undefined) faults.push(`${prefix}_CLIENT_SECRET is missing: ${needs}`)
  if (issuer === undefined) {
    const example = 'such as https://login.example.com'
    faults.push(`${prefix}_ISSUER is missing: set the address of its OpenID issuer, ${example}.`)
  } else if (!isIssuer(issuer)) {
    faults.push(`${prefix}_ISSUER is not an address over https; http will do for loopback alone.`)
  }
  if (!clientId || !clientSecret || !issuer) return undefined
  const { name: title, protocol } = known ?? { name: titleOf(id), protocol: 'openid' as const }
  return { id, name: title, protocol, issuer, clientId, clientSecret }
}

/** An issuer has neither query nor fragment (OpenID Connect Discovery 1.0 §3). */
function isIssuer(text: string): boolean {
  if (!/^https?:\/\/[^\s?#@]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || isLoopback(hostname)
}

function titleOf(id: string): string {
  const words = id.split('_').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
  return words.join(' ')
}

export function linking(read: Read, faults: string[]): Linking {
  const value = read('OAUTH_LINKING') ?? 'verified'
  if (value === 'verified' || value === 'never') return value
  faults.push('OAUTH_LINKING is not one of verified, never.')
  return 'verified'
}
