import { type Mutant, mutant } from './mutant.ts'

const HOSTILE = 'lib/auth/identities/hostile-provider.test.ts'
const WHOSE = 'lib/auth/identities/who-it-is.test.ts'
const LINKING = 'lib/auth/identities/linking.test.ts'

/** Faults in signing in with a provider, and in what is left of an account. */
export const IDENTITIES: readonly Mutant[] = [
  mutant(
    'the state of a provider’s answer unchecked',
    'lib/auth/identities/answer.ts',
    "typeof state !== 'string' || !sameText(state, flow.state)",
    "typeof state !== 'string'",
    HOSTILE,
  ),
  mutant(
    'an answer of any provider finishes a sign-in',
    'lib/auth/identities/answer.ts',
    'if (flow.provider !== id)',
    "if (flow.provider !== id && id === '')",
    HOSTILE,
  ),
  mutant(
    'the issuer of an answer unchecked',
    'lib/auth/identities/answer.ts',
    "iss === undefined ? !promised : typeof iss === 'string' && issuers.includes(iss)",
    "iss === undefined ? !promised : typeof iss === 'string' && issuers.length > 0",
    HOSTILE,
  ),
  mutant(
    'the nonce of an ID token unchecked',
    'lib/auth/identities/exchange.ts',
    '{ expectedNonce: nonce }',
    `{ expectedNonce: String(JSON.parse(Buffer.from(((await response.clone().json()).id_token ?? '.e30').split('.')[1], 'base64url').toString()).nonce ?? nonce) }`,
    HOSTILE,
  ),
  mutant(
    'the signature of an ID token unchecked',
    'lib/auth/identities/openid.ts',
    'if (!signed.ok) return signed',
    "if (!signed.ok && provider.id === '') return signed",
    HOSTILE,
  ),
  mutant(
    'an ID token for another client',
    'lib/auth/identities/openid.ts',
    'azp !== undefined && azp !== clientId',
    "azp !== undefined && azp === ''",
    HOSTILE,
  ),
  mutant(
    'a redirect of a provider is followed',
    'lib/auth/identities/provider-http.ts',
    "redirect: 'manual'",
    "redirect: 'follow'",
    HOSTILE,
  ),
  mutant(
    'email_verified as text',
    'lib/auth/identities/person.ts',
    'confirmed === true',
    "String(confirmed) === 'true'",
    HOSTILE,
  ),
  mutant(
    'an address of another mailbox in our spelling',
    'lib/auth/identities/person.ts',
    'local(address) === lowered ?',
    "lowered !== '' ?",
    HOSTILE,
  ),
  mutant(
    'an account that was never confirmed is joined, with its password',
    'lib/store/scripts/identity-sign-in.ts',
    "  how = exists and (isVerified(before[2]) and 'linked' or 'replaced') or 'made'\n",
    "  how = exists and 'linked' or 'made'\n  if exists then redis.call('HSET', userKey, 'emailVerified', '1') end\n",
    WHOSE,
  ),
  mutant(
    'two first sign-ins at once make two identities',
    'lib/store/scripts/identity-sign-in.ts',
    "(holder[1] or '') ~= assumed or own ~= known or",
    'own ~= known and',
    WHOSE,
  ),
  mutant(
    'a callback with another session joins',
    'lib/auth/identities/finish-oauth.ts',
    'token?.ok === true && token.value.sid === session',
    'token?.ok === true',
    LINKING,
  ),
  mutant(
    'a page of another site joins an identity',
    'lib/auth/identities/start-oauth.ts',
    'if (!call.site.sameOriginFetch)',
    'if (!call.site.sameOriginFetch && call.site.sameOriginFetch)',
    LINKING,
  ),
  mutant(
    'the last way in is taken away with an identity',
    'lib/store/scripts/identities.ts',
    'waysIn(userKey, passkeysKey, identitiesKey) <= 1',
    'waysIn(userKey, passkeysKey, identitiesKey) <= 0',
    LINKING,
  ),
  mutant(
    'void links outlive their account',
    'lib/store/traces.ts',
    "      [keys.once(''), 'uid', id],\n",
    '',
    'lib/auth/accounts/remove-account.test.ts',
  ),
  mutant(
    'an identity outlives its account',
    'lib/store/scripts/delete-account.ts',
    "redis.call('DEL', idKey, identitiesKey, passkeysKey, totpKey)",
    "redis.call('DEL', idKey, passkeysKey, totpKey)",
    'lib/auth/accounts/remove-account.test.ts',
  ),
]
