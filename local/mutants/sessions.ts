import { type Mutant, mutant } from './mutant.ts'

/** Faults in tokens and sessions: who is signed in, and until when. */
export const SESSIONS: readonly Mutant[] = [
  mutant(
    'a verified token lives for ever',
    'lib/auth/tokens/tokens.ts',
    'if (!claims.ok) return claims',
    'if (!claims.ok || verified.has(token)) return claims',
    'lib/auth/tokens/tokens.test.ts',
  ),
  mutant(
    'compare not awaited',
    'lib/auth/sessions/sign-in.ts',
    'const matches = await deps.passwords',
    'const matches = deps.passwords',
    'e2e/auth/signin.spec.ts',
  ),
  {
    name: 'algorithms dropped',
    file: 'lib/auth/tokens/jws.ts',
    edits: [
      ["key.alg === header['alg'] && ", ''],
      [', { algorithms: [alg] }', ''],
    ],
    tests: ['lib/auth/tokens/tokens.test.ts'],
  },
  mutant(
    'rotation as read-then-write',
    'lib/store/rotation.ts',
    'const { sessionId, accountId, userId, seq, expiresAt, freshId } = presented',
    `const { sessionId, accountId, userId, expiresAt, freshId } = presented
  const stored = (): Promise<[number]> =>
    store.read({
      database: 'auth',
      queue: (pipeline) => pipeline.hget(keys.session(sessionId), 'seq'),
      parse: (reply) => Number(reply.result),
    })
  const [before] = await stored()
  const [seq] = before === presented.seq ? await stored() : [presented.seq]`,
    'e2e/auth/refresh.spec.ts',
  ),
  mutant(
    'login from another site',
    'lib/http/admission.ts',
    'row.ownPages === true && site.foreign',
    'row.ownPages === true && site.foreign && site.sameOrigin',
    'lib/http/admission.test.ts',
    'e2e/auth/cookies.spec.ts',
  ),
  mutant(
    'a refresh that races with the end of all sessions survives',
    'lib/store/scripts/rotation.ts',
    "if (session[7] or '0') ~= generation(userKey) then",
    'if false then',
    'e2e/auth/account.spec.ts',
  ),
  mutant(
    'password compared, outcome ignored',
    'lib/auth/sessions/sign-in.ts',
    '!matches.value || ',
    '',
    'e2e/auth/signin.spec.ts',
  ),
  mutant(
    'a disabled account may enter',
    'lib/store/rules.ts',
    'return enabled && verified',
    'return verified',
    'e2e/auth/refresh.spec.ts',
  ),
  mutant(
    'refresh accepted as access',
    'lib/auth/tokens/tokens.ts',
    'verified?.header.typ !== typ',
    'verified === undefined',
    'lib/auth/tokens/tokens.test.ts',
  ),
  mutant(
    'lenient base64url',
    'lib/auth/tokens/jws.ts',
    'parts.length === 3 && parts.every(isCanonicalBase64url)',
    'true',
    'lib/auth/tokens/tokens.test.ts',
  ),
  mutant(
    'grace for the grandparent',
    'lib/store/scripts/rotation.ts',
    'elseif behind ~= 1 or',
    'elseif behind > 2 or',
    'lib/store/sessions.test.ts',
  ),
  mutant(
    'rotation without check-and-set',
    'lib/store/scripts/rotation.ts',
    'if behind == 0 then',
    'if behind == 0 or behind == 1 then',
    'lib/store/sessions.test.ts',
    'e2e/auth/refresh.spec.ts',
  ),
  mutant(
    'expiry extended on rotation',
    'lib/store/scripts/rotation.ts',
    'seq + 1, now, math.min(now + idleTtl, absolute)',
    'seq + 1, now, now + idleTtl',
    'lib/store/sessions.test.ts',
  ),
  mutant(
    'reuse does not end the session',
    'lib/store/scripts/rotation.ts',
    "  revoke(sessionKey, sessionsKey, sessionId)\n  return {'reused'}",
    "  return {'reused'}",
    'lib/store/sessions.test.ts',
  ),
  mutant(
    'liveness unchecked',
    'lib/auth/sessions/liveness.ts',
    "return fail('invalid-token', state.status)",
    'return ok(undefined)',
    'e2e/fourth-collection.spec.ts',
  ),
  mutant(
    'level of the token believed',
    'lib/auth/sessions/liveness.ts',
    'return this.#judgeLevel(state.level)',
    'return this.#judgeLevel(this.#claims?.level ?? 0)',
    'e2e/auth/refresh.spec.ts',
  ),
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of the source
  mutant(
    'an impossible address is the key of a device',
    'lib/auth/sessions/guesses.ts',
    '`device\\n${userId}\\n${from.key}${after}`',
    '`impossible\\n${userId} ${from.key}${after}`',
    'e2e/limits.spec.ts',
  ),
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of the source
  mutant(
    'a deleted account meets its old sessions',
    'lib/store/scripts/sessions.ts',
    "beginGeneration(userKey, 'HSETNX')",
    "redis.call('HSETNX', userKey, 'gen', '1')",
    'e2e/before-ids.spec.ts',
  ),
  mutant(
    'scopes of an API key ignored',
    'lib/auth/sessions/liveness.ts',
    'this.#key?.reaches(found.scopes) !== true',
    'this.#key === undefined',
    'e2e/api-keys.spec.ts',
  ),
  mutant(
    'an unlock unlocks nothing',
    'lib/auth/sessions/guesses.ts',
    'deps.now() - unlockedAt < window',
    'unlockedAt - deps.now() > window',
    'e2e/strangers.spec.ts',
  ),
  mutant(
    'a signing key forgotten at once',
    'lib/auth/tokens/jws.ts',
    '...previousKeys.map(importPublic), ',
    '',
    'lib/auth/tokens/jws.test.ts',
  ),
  mutant(
    'another clock tolerance at the rotation',
    'lib/store/scripts/rotation.ts',
    'tokenEnd + clockTolerance',
    'tokenEnd + 60000',
    'lib/store/sessions.test.ts',
  ),
  mutant(
    'logging out that the gate does not hear of',
    'lib/auth/sessions/logout.ts',
    'deps.deadSessions.end(session.sessionId, deps.lifetimes)',
    'deps.deadSessions.has(session.sessionId)',
    'lib/app.quotas.test.ts',
  ),
]
