import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { NAME } from '../name.ts'
import { parseDuration } from './readers.ts'
import { EXAMPLE_SECRETS } from './secrets.ts'
import { EnvironmentFault, parseSettings } from './settings.ts'

const complete = {
  SECRET_TOKEN: 'a'.repeat(32),
  SECRET_RTOKEN: 'b'.repeat(32),
  APP_ORIGIN: 'https://api.example.com',
  UPSTASH_REDIS_REST_URL: 'https://x.upstash.io',
  UPSTASH_REDIS_REST_TOKEN: 'token',
}

function faultsOf(variables: Record<string, string | undefined>): readonly string[] {
  try {
    parseSettings(variables)
    return []
  } catch (error) {
    if (error instanceof EnvironmentFault) return error.faults
    throw error
  }
}

test('what is not set has its default', () => {
  expect(parseSettings(complete)).toMatchObject({
    origin: 'https://api.example.com',
    accessTokenTtl: 3_600,
    refreshTokenTtl: 2_592_000,
    sessionTtl: 15_552_000,
    refreshGrace: 10,
    auth: undefined,
    corsOrigins: [],
    trustedProxy: { mode: 'none' },
    providers: [],
    linking: 'verified',
  })
})

test('a provider is a pair of variables; one that is not known by its name has an issuer', () => {
  const { providers, linking } = parseSettings({
    ...complete,
    OAUTH_LINKING: 'never',
    OAUTH_MY_FIRM_CLIENT_ID: 'c',
    OAUTH_MY_FIRM_CLIENT_SECRET: ' s ',
    OAUTH_MY_FIRM_ISSUER: 'http://127.0.0.1:4000/realm',
    OAUTH_GITHUB_CLIENT_ID: 'a',
    OAUTH_GITHUB_CLIENT_SECRET: 'b',
    OAUTH_GOOGLE_CLIENT_ID: 'd',
    OAUTH_GOOGLE_CLIENT_SECRET: 'e',
    OAUTH_UNSET_CLIENT_ID: '',
  })
  expect(linking).toBe('never')
  expect(providers).toEqual([
    {
      ...{ id: 'github', name: 'GitHub', protocol: 'github', issuer: 'https://github.com' },
      ...{ clientId: 'a', clientSecret: 'b' },
    },
    {
      ...{ id: 'google', name: 'Google', protocol: 'openid' },
      ...{ issuer: 'https://accounts.google.com', clientId: 'd', clientSecret: 'e' },
    },
    {
      ...{ id: 'my_firm', name: 'My Firm', protocol: 'openid' },
      ...{ issuer: 'http://127.0.0.1:4000/realm', clientId: 'c', clientSecret: 's' },
    },
  ])
})

test('half a provider is a fault, and all of them are named at once, without a value', () => {
  const faults = faultsOf({
    ...complete,
    OAUTH_LINKING: 'sometimes',
    OAUTH_GITHUB_CLIENT_ID: 'the-value',
    OAUTH_GOOGLE_CLIENT_SECRET: 'the-value',
    OAUTH_FIRM_CLIENT_ID: 'the-value',
    OAUTH_FIRM_CLIENT_SECRET: 'the-value',
    OAUTH_OTHER_ISSUER: 'https://other.example.com',
    OAUTH_lower_CLIENT_ID: 'the-value',
  })
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
    'OAUTH_FIRM_ISSUER',
    'OAUTH_GITHUB_CLIENT_SECRET',
    'OAUTH_GOOGLE_CLIENT_ID',
    'OAUTH_OTHER_CLIENT_ID',
    'OAUTH_OTHER_CLIENT_SECRET',
    'OAUTH_lower_CLIENT_ID',
    'OAUTH_LINKING',
  ])
  expect(faults.join()).not.toContain('the-value')
})

test('an issuer is https, or http on loopback, without query, fragment or user', () => {
  const faults = (issuer: string): number =>
    faultsOf({
      ...complete,
      OAUTH_FIRM_CLIENT_ID: 'a',
      OAUTH_FIRM_CLIENT_SECRET: 'b',
      OAUTH_FIRM_ISSUER: issuer,
    }).length
  for (const issuer of [
    ...['https://login.example.com', 'https://example.com:8443/realms/a/', 'http://localhost:80'],
    ...['http://127.0.0.1:4000', 'http://[::1]:4000/x'],
  ]) {
    expect(faults(issuer), issuer).toBe(0)
  }
  for (const issuer of [
    ...['http://login.example.com', 'http://10.0.0.1', 'http://localhost.example.com', 'x'],
    ...['https://x.org?a=b', 'https://x.org#a', 'https://u:p@x.org', 'ftp://localhost', 'https://'],
  ]) {
    expect(faults(issuer), issuer).toBe(1)
  }
})

test('every fault is named, and no value is', () => {
  const faults = faultsOf({ SECRET_TOKEN: 'short', UPSTASH_REDIS_REST_URL: 'nonsense' })
  const names = faults.map((fault) => fault.split(' ')[0])
  expect(names).toEqual([
    'SECRET_TOKEN',
    'SECRET_RTOKEN',
    'APP_ORIGIN',
    'UPSTASH_REDIS_REST_URL',
    'UPSTASH_REDIS_REST_TOKEN',
  ])
  expect(faults.join()).not.toContain('nonsense')
})

test('a secret has 32 bytes of UTF-8 at least, and is not the example’s', () => {
  expect(faultsOf({ ...complete, SECRET_TOKEN: 'é'.repeat(16) })).toEqual([])
  expect(faultsOf({ ...complete, SECRET_TOKEN: 'é'.repeat(15) })).toHaveLength(1)
  expect(faultsOf({ ...complete, SECRET_TOKEN: EXAMPLE_SECRETS[0] })).toHaveLength(1)
  expect(faultsOf({ ...complete, SECRET_TOKEN_PREVIOUS: 'short' })).toHaveLength(1)
  expect(faultsOf({ ...complete, SECRET_RTOKEN: complete.SECRET_TOKEN })).toHaveLength(1)
})

test('SIGNING_KEY_PREVIOUS is one JWK or several, none of them the current one', () => {
  const key = (x: string, more: object = {}) => ({ kty: 'EC', crv: 'P-256', x, y: 'y', ...more })
  const set = (previous: unknown) => ({
    ...complete,
    SIGNING_KEY: JSON.stringify(key('a', { d: 'd' })),
    SIGNING_KEY_PREVIOUS: typeof previous === 'string' ? previous : JSON.stringify(previous),
  })
  for (const [previous, count] of [
    [key('b'), 1],
    [[key('b'), key('c', { d: 'd', kid: 'c' })], 2],
    [[], 0],
    ['', 0],
  ] as const) {
    expect(parseSettings(set(previous)).previousKeys).toHaveLength(count)
    expect(parseSettings({ ...set(previous), SIGNING_KEY: '' }).previousKeys).toHaveLength(count)
  }
  for (const previous of [
    ...['x', '1', 'null', '[null]', '[[]]', { kty: 'oct', k: 'c2VjcmV0' }],
    ...[key('b', { kid: 5 }), key('b', { alg: 'RS256' }), [{ ...key('b'), x: 5 }]],
    ...[key('a'), [key('b'), key('b')], [key('b', { kid: 'k' }), key('c', { kid: 'k' })]],
    [...'bcdefghijklmnopq'].map((x) => key(x)),
  ]) {
    const faults = faultsOf(set(previous))
    expect(faults, JSON.stringify(previous)).toHaveLength(1)
    expect(faults[0]).toContain('SIGNING_KEY_PREVIOUS')
  }
})

test('an origin is scheme and host; plain http on loopback alone', () => {
  for (const origin of [
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:80',
    'https://x.org/',
  ]) {
    expect(faultsOf({ ...complete, APP_ORIGIN: origin }), origin).toEqual([])
  }
  for (const origin of [
    'http://x.org',
    'https://x.org/a',
    'https://u@x.org',
    'x.org',
    'http://localhost.evil.org',
    'ftp://localhost',
  ]) {
    expect(faultsOf({ ...complete, APP_ORIGIN: origin }), origin).toHaveLength(1)
  }
})

test('a service is asked over https, and over http only in a network of one’s own', () => {
  const settings = (url: string): Record<string, string> => ({
    ...complete,
    UPSTASH_REDIS_REST_URL: url,
    AUTH_REDIS_REST_URL: url,
    AUTH_REDIS_REST_TOKEN: 'token',
    MAIL_API_URL: url,
    MAIL_API_KEY: 'key',
    MAIL_FROM: 'a@example.com',
    PWNED_PASSWORDS_URL: url,
  })
  const names = [
    'UPSTASH_REDIS_REST_URL',
    'AUTH_REDIS_REST_URL',
    'MAIL_API_URL',
    'PWNED_PASSWORDS_URL',
  ]
  for (const host of [
    ...['localhost', '127.0.0.1:8079', '127.1.2.3', '[::1]:80', 'redis', 'redis-rest:8079'],
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1'],
    ...['[fd12:3456::1]', '[fe80::1]', '[::ffff:10.0.0.1]'],
  ]) {
    expect(faultsOf(settings(`http://${host}/x`)), host).toEqual([])
    expect(faultsOf(settings(`https://${host}/x`)), host).toEqual([])
  }
  for (const host of [
    ...['x.upstash.io', 'localhost.example.com', 'localhost.', '8.8.8.8', '172.32.0.1'],
    ...['192.169.0.1', '100.64.0.1', '0.0.0.0', '[2606:4700::1]', '[::ffff:8.8.8.8]', '134744072'],
  ]) {
    const faults = faultsOf(settings(`http://${host}/x`))
    expect(
      faults.map((fault) => fault.split(' ')[0]),
      host,
    ).toEqual(names)
    for (const fault of faults) expect(fault).toContain('https://')
    expect(faultsOf(settings(`https://${host}/x`)), host).toEqual([])
  }
  for (const url of ['redis://x', 'x.upstash.io', 'https://x y', 'https://x?y']) {
    expect(faultsOf(settings(url)), url).toHaveLength(names.length)
  }
})

test('on Vercel the origin and the database come from the platform', () => {
  const { SECRET_TOKEN, SECRET_RTOKEN, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN } = complete
  const settings = parseSettings({
    SECRET_TOKEN,
    SECRET_RTOKEN,
    VERCEL: '1',
    VERCEL_URL: 'usher-abc.vercel.app',
    KV_REST_API_URL: UPSTASH_REDIS_REST_URL,
    KV_REST_API_TOKEN: UPSTASH_REDIS_REST_TOKEN,
  })
  expect(settings).toMatchObject({
    origin: 'https://usher-abc.vercel.app',
    data: { url: UPSTASH_REDIS_REST_URL, token: 'token' },
    trustedProxy: { mode: 'vercel' },
  })
})

test('durations are seconds or 15m, 1h, 30d', () => {
  expect(['90', '15m', '1h', '30d', '5s'].map(parseDuration)).toEqual([
    90, 900, 3_600, 2_592_000, 5,
  ])
  expect(['', '1w', '-1', '1.5h', 'h'].map(parseDuration)).toEqual(Array(5).fill(undefined))
})

test('a password may be asked for 8 to 64 characters, and not be made of what the service is called', () => {
  expect(parseSettings(complete).passwordRules).toEqual({
    minLength: 8,
    serviceNames: ['Usher', NAME, 'api.example.com'],
  })
  const { passwordRules } = parseSettings({
    ...complete,
    PASSWORD_MIN_LENGTH: '15',
    APP_NAME: 'Star Catalogue',
  })
  expect(passwordRules.minLength).toBe(15)
  expect(passwordRules.serviceNames).toContain('Star Catalogue')
  for (const value of ['7', '65', '8.5', 'x', '-8']) {
    expect(faultsOf({ ...complete, PASSWORD_MIN_LENGTH: value }), value).toEqual([
      'PASSWORD_MIN_LENGTH is not a number from 8 to 64.',
    ])
  }
})

test('the name of the service is one line', () => {
  expect(parseSettings({ ...complete, APP_NAME: 'Star Catalogue' }).name).toBe('Star Catalogue')
  for (const name of ['Stars\nBcc: x@y.org', 'Stars\u0085', 'x'.repeat(101)]) {
    const faults = ['APP_NAME is not one line of up to 100 letters.']
    expect(faultsOf({ ...complete, APP_NAME: name })).toEqual(faults)
  }
})

test('limits can be widened by row, and a row that does not exist is a fault', () => {
  const limits = JSON.stringify({ signin: { limit: 20, window: '2m' }, user: 5 })
  expect(parseSettings({ ...complete, RATE_LIMITS: limits }).limits).toEqual({
    signin: { limit: 20, windowSeconds: 120 },
    user: { limit: 5, windowSeconds: 60 },
  })
  for (const value of [
    '[]',
    'x',
    '{"nope":1}',
    '{"user":0}',
    '{"user":{"limit":1.5}}',
    '{"user":{"window":"0"}}',
    '{"user":"3"}',
    '{"user":{"limt":3}}',
    '{"user":null}',
    '{"user":[3]}',
  ]) {
    expect(faultsOf({ ...complete, RATE_LIMITS: value }), value).toHaveLength(1)
  }
})

test('plans override and add rows, and each fault is named with its place', () => {
  const set = { free: { minute: 60, month: 1_000, keys: 0 }, team: {}, 'gold-2': { month: 5 } }
  const { plans } = parseSettings({ ...complete, PLANS: JSON.stringify(set) })
  expect(Object.fromEntries(plans)).toEqual(set)
  expect(parseSettings(complete).plans.size).toBe(0)
  for (const [value, ...places] of [
    ['x', 'PLANS: is not of the form'],
    ['[]', 'PLANS: is not of the form'],
    ['{"free":5}', 'PLANS, "free": is not'],
    ['{"a b":{}}', 'PLANS, "a b": is not'],
    ['{"free":{"minut":5}}', 'PLANS, "free": has minute'],
    ['{"free":{"minute":0},"pro":{"keys":-1}}', 'PLANS, "free", minute:', 'PLANS, "pro", keys:'],
    ['{"free":{"minute":1.5}}', 'PLANS, "free", minute:'],
    ['{"free":{"month":"5"}}', 'PLANS, "free", month:'],
    ['{"free":{"month":null}}', 'PLANS, "free", month:'],
  ]) {
    const faults = faultsOf({ ...complete, PLANS: value })
    expect(faults, value).toEqual(places.map((place) => expect.stringContaining(place)))
  }
})

test('METRICS_TOKEN is 32 characters or more, as a header can carry them', () => {
  expect(parseSettings({ ...complete, METRICS_TOKEN: 'x'.repeat(32) }).metricsToken).toHaveLength(
    32,
  )
  expect(parseSettings(complete).metricsToken).toBeUndefined()
  for (const value of ['x'.repeat(31), `${'x'.repeat(32)} y`, 'ü'.repeat(32)]) {
    expect(faultsOf({ ...complete, METRICS_TOKEN: value }), value).toEqual([
      expect.stringMatching(/^METRICS_TOKEN is not 32 /),
    ])
  }
})

test('.env.example names every variable that is read, with the secrets that are refused', () => {
  const example = readFileSync('.env.example', 'utf8')
  const read = new Set<string>()
  for (const file of ['lib/settings/settings.ts', 'local/host.ts', 'local/store.ts']) {
    for (const [name] of readFileSync(file, 'utf8').matchAll(
      /(?<=')[A-Z][A-Z0-9]+_?[A-Z0-9_]*(?=')/g,
    ))
      read.add(name)
  }
  const platform = /^(ES256|GET|HEAD|VERCEL|NEXT_|NODE_ENV|USHER_PEER|SIG|ECONN|EADDR|KV_)/
  read.add('SECRET_TOKEN_PREVIOUS').add('SECRET_RTOKEN_PREVIOUS')
  const missing = [...read].filter(
    (name) => !platform.test(name) && !new RegExp(`^(# )?${name}=`, 'm').test(example),
  )
  expect(missing).toEqual([])
  for (const secret of EXAMPLE_SECRETS) expect(example).toContain(secret)
})
