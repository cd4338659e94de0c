import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A fault to plant: texts for others in one file, and the tests that must turn red. */
interface Mutant {
  name: string
  file: string
  edits: [from: string, to: string][]
  tests: string[]
}

const MUTANTS: Mutant[] = [
  mutant(
    'a cached item without a live session',
    'lib/items/get.ts',
    'call.recall(livenessSeconds)',
    'call.recall(3_600)',
    'fourth-collection',
  ),
  mutant(
    'a change leaves the cached item',
    'lib/items/write.ts',
    'itemCache.forget(change.key)',
    'itemCache.find(change.key, 0)',
    'fourth-collection',
  ),
  mutant(
    'a verified token lives for ever',
    'lib/auth/tokens/tokens.ts',
    'if (!claims.ok) return claims',
    'if (!claims.ok || verified.has(token)) return claims',
    'tokens.test',
  ),
  mutant(
    'compare not awaited',
    'lib/auth/sessions/sign-in.ts',
    'const matches = await deps.passwords',
    'const matches = deps.passwords',
    'auth/signin',
  ),
  {
    name: 'algorithms dropped',
    file: 'lib/auth/tokens/jws.ts',
    edits: [
      ["key.alg === header['alg'] && ", ''],
      [', { algorithms: [alg] }', ''],
    ],
    tests: ['tokens.test'],
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
    'auth/refresh',
  ),
  mutant(
    'reset token reusable',
    'lib/store/scripts/one-time.ts',
    "redis.call('DEL', onceKey)\nif redis.call('HGET', userKey, 'reset') ~= tokenHash or not enabled()",
    "redis.call('HDEL', onceKey, 'by', 'until')\nif not enabled()",
    'auth/reset',
  ),
  mutant(
    'a one-time token in clear in the store',
    'lib/deps/mail.ts',
    'tokenHash: sha256',
    'tokenHash: async (token) => token',
    'secrets',
  ),
  mutant(
    'a known address answers at once',
    'lib/auth/accounts/register.ts',
    'ok(MAIL_NOTICE)',
    "ok(status === 'exists' ? { message: 'known' } : MAIL_NOTICE)",
    'auth/register',
  ),
  mutant(
    'an unsafe request with cookies from anywhere',
    'lib/http/csrf.ts',
    "site === null ? headers.get('origin') === origin : site === 'same-origin'",
    "site !== 'cross-site'",
    'auth/cookies',
  ),
  mutant(
    'login from another site',
    'lib/auth/sessions/login.ts',
    'if (call.site.foreign)',
    'if (call.site.foreign && call.site.sameOrigin)',
    'auth/cookies',
  ),
  mutant(
    'a rotated pair is lost with a failure',
    'lib/http/endpoint.ts',
    'for (const cookie of setCookies)',
    'for (const cookie of outcome.ok ? setCookies : [])',
    'auth/cookies',
  ),
  mutant(
    'a refresh that races with the end of all sessions survives',
    'lib/store/scripts/rotation.ts',
    "if (session[7] or '0') ~= generation() then",
    'if false then',
    'auth/account',
  ),
  mutant(
    'password compared, outcome ignored',
    'lib/auth/sessions/sign-in.ts',
    '!matches.value || ',
    '',
    'auth/signin',
  ),
  mutant(
    'a disabled account may enter',
    'lib/store/rules.ts',
    'return enabled && verified',
    'return verified',
    'auth/refresh',
  ),
  mutant(
    'refresh accepted as access',
    'lib/auth/tokens/tokens.ts',
    'verified?.header.typ !== typ',
    'verified === undefined',
    'tokens.test',
  ),
  mutant(
    'every session survives a password change',
    'lib/store/scripts/accounts.ts',
    "endOthers()\nredis.call('HSET', userKey, 'password', replacement)",
    "redis.call('HSET', userKey, 'password', replacement)",
    'auth/account',
  ),
  mutant(
    'lenient base64url',
    'lib/auth/tokens/jws.ts',
    'parts.length === 3 && parts.every(isCanonicalBase64url)',
    'true',
    'tokens.test',
  ),
  mutant(
    'grace for the grandparent',
    'lib/store/scripts/rotation.ts',
    'elseif behind ~= 1 or',
    'elseif behind > 2 or',
    'sessions.test',
  ),
  mutant(
    'rotation without check-and-set',
    'lib/store/scripts/rotation.ts',
    'if behind == 0 then',
    'if behind == 0 or behind == 1 then',
    'sessions.test',
    'auth/refresh',
  ),
  mutant(
    'expiry extended on rotation',
    'lib/store/scripts/rotation.ts',
    'seq + 1, now, math.min(now + idleTtl, absolute)',
    'seq + 1, now, now + idleTtl',
    'sessions.test',
  ),
  mutant(
    'reuse does not end the session',
    'lib/store/scripts/rotation.ts',
    "  revoke()\n  return {'reused'}",
    "  return {'reused'}",
    'sessions.test',
  ),
  mutant(
    'liveness unchecked',
    'lib/auth/sessions/liveness.ts',
    "return fail('invalid-token', state.status)",
    'return ok(undefined)',
    'fourth-collection',
  ),
  mutant(
    'level of the token believed',
    'lib/auth/sessions/liveness.ts',
    'return this.#judgeLevel(state.level)',
    'return this.#judgeLevel(this.#claims?.level ?? 0)',
    'auth/refresh',
  ),
  mutant(
    'X-User-Id trusted',
    'lib/http/credentials/present.ts',
    '  const found = KINDS.flatMap(',
    "  const sub = headers.get('x-user-id')\n  if (sub !== null) return { tokens: {}, check: async () => ({ status: 'valid', by: 'bearer', claims: { sub, user: sub, sid: 's', level: 9, iat: 0, exp: 1, jti: 'j' } as never }) }\n  const found = KINDS.flatMap(",
    'collections',
  ),
  mutant(
    'a read of any key',
    'lib/store/keys.ts',
    'itemId: string): string => `$',
    "itemId: string): string => itemId.includes(':') ? itemId : `$",
    'collections',
  ),
  mutant(
    'the first page of SCAN alone',
    'lib/store/scripts/items.ts',
    "until cursor == '0'",
    'until true',
    'heal-accounts',
  ),
  mutant(
    'an admin who was typed by hand counts as none',
    'lib/store/scripts/account-index.ts',
    "isAdmin and 'SADD' or 'SREM'",
    "'SREM'",
    'heal-accounts',
  ),
  mutant(
    'leftmost X-Forwarded-For',
    'lib/http/client-ip.ts',
    '.at(-trusted.hops)',
    '.at(0)',
    'client-ip',
    'limits',
  ),
  mutant(
    'an outage of the limiter is a yes',
    'lib/rate-limit/hot.ts',
    "if (POLICIES[policy].onOutage === 'closed') throw error",
    '',
    'rate-limit/hot',
  ),
  mutant(
    'a count that is told to the next window',
    'lib/rate-limit/hot.ts',
    'keys.limitWindow(quota.policy, quota.key, number)',
    'keys.limitWindow(quota.policy, quota.key, number + 1)',
    'rate-limit/hot',
  ),
  mutant(
    'counts that are lost with a call that failed',
    'lib/rate-limit/teller.ts',
    'counts.every(({ window }) => isOver(window, at))',
    'counts.length > 0',
    'rate-limit/hot',
  ),
  mutant(
    'a telling whose answer was lost is counted twice',
    'lib/store/scripts/tellings.ts',
    'isRepeated and 0 or',
    '',
    'rate-limit/hot',
  ),
  mutant(
    'isolates that take themselves for the only one',
    'lib/rate-limit/teller.ts',
    'Math.max(own === 0 ? 0 : stored / own, LEAST_PACE)',
    '1',
    'rate-limit/isolates',
  ),
  {
    name: "the library's timeout taken as a yes",
    file: 'lib/rate-limit/counter.ts',
    edits: [
      ['timeout: 0,', 'timeout: 20,'],
      ["answer.reason === 'timeout' || ", ''],
    ],
    tests: ['limiter.test'],
  },
  mutant(
    'an origin compared by its end',
    'lib/http/cors.ts',
    '!allowedOrigins.includes(origin)',
    "!allowedOrigins.some((allowed) => origin.endsWith(allowed.replace('https://', '')))",
    'e2e/cors',
  ),
  mutant(
    'any origin reflected',
    'lib/http/cors.ts',
    ' || !allowedOrigins.includes(origin)',
    '',
    'e2e/cors',
  ),
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of the source
  mutant(
    'an impossible address is the key of a device',
    'lib/auth/sessions/guesses.ts',
    '`device\\n${userId}\\n${from.key}${after}`',
    '`impossible\\n${userId} ${from.key}${after}`',
    'e2e/limits',
  ),
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of the source
  mutant(
    'a deleted account meets its old sessions',
    'lib/store/scripts/sessions.ts',
    "beginGeneration('HSETNX')",
    "redis.call('HSETNX', userKey, 'gen', '1')",
    'before-ids',
  ),
  mutant(
    'anyone changes an item that is its owner’s',
    'lib/items/write.ts',
    '(owner === principal.accountId || owner === principal.userId)',
    'owner !== undefined',
    'writes.test',
  ),
  mutant(
    'an item changed without a look at what it is by now',
    'lib/store/scripts/apply.ts',
    "if same and ARGV[at] ~= is and ARGV[at] ~= '?' then same = false end",
    '',
    'writes.test',
  ),
  mutant(
    'an index that is not whole answers',
    'lib/store/scripts/query.ts',
    "if state ~= 'whole' and (",
    "if state == 'held' and (",
    'indexes.test',
  ),
  mutant(
    'a write leaves an index whole that its version does not keep',
    'lib/store/scripts/apply.ts',
    'prints[known[i]] ~= print',
    'prints[known[i]] == nil and false',
    'indexes.test',
  ),
  mutant(
    'an item that is changed while its index is built is left out',
    'lib/items/index-items.ts',
    'await indexBatch(store, collection, overtaken, only, tries - 1)',
    '',
    'indexes.test',
  ),
  mutant(
    'strangers keep the healer at work',
    'lib/items/heal-due.ts',
    'if (!isUser) {',
    'if (!isUser && keyspace === 0) {',
    'heal-due.test',
  ),
  mutant(
    'a made-up API key begins the healing of a user',
    'lib/http/admission.ts',
    "const signed = status === 'valid' || status === 'renewable'",
    "const signed = status === 'valid' || status === 'renewable' || status === 'key'",
    'app.credentials',
  ),
  mutant(
    'a text of any length is normalised',
    'lib/items/words.ts',
    'fold(text.slice(0, SEARCHED_LENGTH))',
    'fold(text)',
    'hostile-texts.test',
  ),
  mutant(
    'a text that grows when it is taken apart is folded whole',
    'lib/items/words.ts',
    "normalize('NFKD').slice(0, SEARCHED_LENGTH)",
    "normalize('NFKD')",
    'words.test',
  ),
  mutant(
    'a search folds every item that its word finds',
    'lib/items/list.ts',
    '(after.length > limit || !isBehind(row))',
    '!isBehind(row)',
    'hostile-texts.test',
  ),
  mutant(
    'items that look like accounts',
    'lib/collections/prefixes.ts',
    'overlap(own, prefix)',
    'own === prefix',
    'prefixes.test',
    'fourth-collection',
  ),
  mutant(
    'a cursor that nobody signed',
    'lib/items/cursor.ts',
    'if (sameText(expected, sent)) return place',
    'if (expected !== sent || sameText(expected, sent)) return place',
    'e2e/collections.spec',
  ),
  mutant(
    'rows shown where an old index says',
    'lib/items/list.ts',
    '(walked && member !== row.member)',
    'false',
    'writes.test',
    'queries.test',
    'e2e/collections.spec',
  ),
  mutant(
    'scopes of an API key ignored',
    'lib/auth/sessions/liveness.ts',
    'this.#key?.reaches(found.scopes) !== true',
    'this.#key === undefined',
    'api-keys',
  ),
  mutant(
    'an API key that outlives its account',
    'lib/store/key-liveness.ts',
    'born : text(id) === uid',
    'born : uid !== undefined',
    'e2e/api-keys',
    'strangers',
  ),
  {
    name: 'a password of any length is normalised',
    file: 'lib/auth/passwords/password.ts',
    edits: [
      ['password.length > LONGEST_SPELLING ? password : ', ''],
      ['  if (password.length > LONGEST_SPELLING) return false\n', ''],
    ],
    tests: ['password.test', 'new-password.test'],
  },
  mutant(
    'a password is measured where there is a hash',
    'lib/auth/passwords/password.ts',
    'const takes = fits(password)',
    'const takes = hash === undefined || fits(password)',
    'password.test',
  ),
  mutant(
    'a link that was followed leaves the others',
    'lib/store/scripts/registrations.ts',
    "redis.call('DEL', userKey, registrationKey, listKey, ",
    "redis.call('DEL', registrationKey, ",
    'auth/register',
  ),
  mutant(
    'a link that was asked for again has the first password',
    'lib/auth/accounts/email.ts',
    'if (input.password === undefined && !hasPassword) {',
    'if (input.password === undefined && !hasPassword && userId === tokenHash) {',
    'auth/register',
  ),
  mutant(
    'API keys outlive a reset',
    'lib/store/scripts/one-time.ts',
    'count, endKeys()}',
    'count, {}}',
    'auth/reset',
  ),
  mutant(
    'mails count by address alone',
    'lib/auth/accounts/mail-quota.ts',
    "client.partition === 'shared' ? 'shared' : client.partition.key",
    "client.partition === 'shared' ? 'shared' : 'all'",
    'strangers',
  ),
  mutant(
    'a tag has mails of its own',
    'lib/auth/accounts/mail-quota.ts',
    'plus > 0 ?',
    'plus > 254 ?',
    'strangers',
  ),
  mutant(
    'a reset leaves its network unknown',
    'lib/store/scripts/one-time.ts',
    "if device ~= '' then",
    'if device == uid then',
    'strangers',
  ),
  mutant(
    'a dead token counts for its user',
    'lib/http/gate.ts',
    'if (deps.deadSessions.has(claims))',
    'if (deps.deadSessions.has(claims.sub))',
    'strangers',
  ),
  mutant(
    'what keys use counts for nobody',
    'lib/http/gate.ts',
    "return Promise.all([own(), count('user', { key: owner }, true)])",
    "return Promise.all([own(), count('user', { key: key.key }, true)])",
    'strangers',
  ),
  mutant(
    'a credential counts before it is proven',
    'lib/http/admission.ts',
    '  if (unsafe) {\n    const proof',
    '  if (unsafe && !optional) {\n    const proof',
    'fourth-collection',
  ),
  mutant(
    'an address of before is shown',
    'lib/items/item.ts',
    "raw?.includes('@') === true",
    "raw?.includes('@') === false",
    'strangers',
    'hidden-owner.test',
  ),
  mutant(
    'filters and orders go by an address of before',
    'lib/items/item.ts',
    'return isAddress(index, raw) ? HIDDEN_OWNER : raw\n',
    'return raw\n',
    'hidden-owner.test',
  ),
  mutant(
    'an entity tag confirms an address of before',
    'lib/items/item.ts',
    'isAddress(index, raw) ? HIDDEN_OWNER : (raw ?? null)',
    'raw ?? null',
    'hidden-owner.test',
  ),
  mutant(
    'an index that holds addresses counts as whole',
    'lib/items/declaration.ts',
    'hidesAddresses(collection, field) ? [HIDDEN_OWNER] : []',
    '[]',
    'hidden-owner.test',
  ),
  mutant(
    'a registration waits where there is no mail',
    'lib/auth/accounts/mail-quota.ts',
    'if (deps.mailer.isConfigured) return undefined',
    'if (deps.mailer.isConfigured || deps.mailer !== undefined) return undefined',
    'no-mail',
  ),
  mutant(
    'the owner hears of no new password',
    'lib/auth/accounts/notices.ts',
    '!mailer.isConfigured || parseMailAddress(userId) === undefined',
    '!mailer.isConfigured || parseMailAddress(userId) !== undefined',
    'auth/reset',
  ),
  mutant(
    'an unlock unlocks nothing',
    'lib/auth/sessions/guesses.ts',
    'deps.now() - unlockedAt < window',
    'unlockedAt - deps.now() > window',
    'strangers',
  ),
  mutant(
    'an address normalised at any length',
    'lib/auth/accounts/user-id.ts',
    '  if (address.length > LONGEST_RAW) return undefined\n',
    '',
    'user-id.test',
  ),
  mutant(
    'two spellings of a domain, two accounts',
    'lib/auth/accounts/user-id.ts',
    'domain === undefined ? spelled',
    "domain !== '' ? spelled",
    'user-id.test',
  ),
  mutant(
    'a password made of the name of the service',
    'lib/auth/passwords/new-password.ts',
    'wordsOf(userId, ...rules.serviceNames)',
    'wordsOf(userId)',
    'new-password.test',
  ),
  mutant(
    'a common password with digits at its end',
    'lib/auth/passwords/common-passwords.ts',
    "    plain.replace(/^[^\\p{L}]+|[^\\p{L}]+$/gu, ''),\n",
    '',
    'common-passwords.test',
  ),
  mutant(
    'a signing key forgotten at once',
    'lib/auth/tokens/jws.ts',
    '...previousKeys.map(importPublic), ',
    '',
    'jws.test',
  ),
  mutant(
    'another clock tolerance at the rotation',
    'lib/store/scripts/rotation.ts',
    'tokenEnd + clockTolerance',
    'tokenEnd + 60000',
    'store/sessions.test',
  ),
  mutant(
    'a denied mail asks the store again',
    'lib/rate-limit/strict.ts',
    "POLICIES[quota.policy].onSuccess === 'clears'",
    "POLICIES[quota.policy].partition === 'account'",
    'limiter.test',
  ),
  mutant('no body limit', 'lib/http/body.ts', '64 * 1_024', '64 * 1_024 * 1_024', 'http.spec'),
  mutant(
    'a probe for each who asks',
    'lib/http/health.ts',
    'if (known !== undefined && now() < known.until) return known.answer',
    '',
    'health.test',
  ),
  mutant(
    'dots of a path in one spelling alone',
    'lib/http/path.ts',
    "dots === '..'",
    "segment === '..'",
    'path.test',
  ),
  mutant(
    'https asked for over plain http',
    'lib/http/transport-security.ts',
    "origin?.startsWith('https:') === true",
    'origin !== undefined',
    'app.headers',
  ),
  mutant(
    'an address with a port is none',
    'lib/http/client-ip.ts',
    '/^([\\d.]+)(?::\\d{1,5})?$/',
    '/^([\\d.]+)$/',
    'client-ip',
  ),
  mutant(
    'a refusal in the place of an earlier answer',
    'local/last-answers.ts',
    'await Promise.all(open.map(({ response }) => closed(response)))',
    '',
    'node-server',
  ),
  mutant(
    'secrets in clear to any host',
    'lib/settings/readers.ts',
    "protocol === 'https:' || isOwnNetwork(hostname)",
    'protocol !== hostname',
    'env.test',
  ),
  mutant(
    'a Redis error text in the log',
    'lib/store/client/trips.ts',
    '{storeFault(error)}',
    '{error}',
    'outage',
  ),
  mutant(
    'one user rolls the trail of events',
    'lib/store/events.ts',
    'const MOST_OF_USER = 50',
    'const MOST_OF_USER = 50_000',
    'store/events.test',
  ),
  mutant(
    'strangers roll what is said of users',
    'lib/store/events.ts',
    "named === undefined ? 'strangers' : 'users'",
    "'users'",
    'store/events.test',
  ),
  mutant(
    'many users roll what is said of another',
    'lib/store/scripts/events.ts',
    "unpack(redis.call('ZREVRANGE', counts, 0, 1, 'WITHSCORES'))",
    "unpack(redis.call('ZRANGE', counts, 0, 1, 'WITHSCORES'))",
    'store/events.test',
  ),
  mutant(
    'a text for the terminal as it came',
    'lib/printable.ts',
    ".replace(UNPRINTABLE, '')",
    '',
    'printable.test',
  ),
  mutant(
    'spans with paths and queries',
    'lib/http/span-paths.ts',
    'for (const name of PATHS) delete attributes[name]',
    '',
    'span-paths.test',
  ),
  mutant(
    'an address of an account in the log',
    'lib/http/request-log.ts',
    'OPAQUE_ID.test(user)',
    "user !== ''",
    'before-ids',
  ),
  mutant(
    'a block that an idle isolate does not hear of',
    'lib/http/block-list.ts',
    'const TOO_OLD_MS = 50_000',
    'const TOO_OLD_MS = 500_000',
    'block-list.test',
  ),
  mutant(
    'an account that is kept out and comes with its API key',
    'lib/http/gate.ts',
    '{ sub: keyQuota?.owner, user: keyQuota?.userId }',
    '{ sub: undefined, user: undefined }',
    'blocks.spec',
  ),
  mutant(
    'an admin who is kept out by themselves',
    'lib/auth/operators/blocks.ts',
    'self !== undefined && covers(blocked, self)',
    'self === undefined && covers(blocked, blocked)',
    'blocks.spec',
  ),
  mutant(
    'logging out that the gate does not hear of',
    'lib/auth/sessions/logout.ts',
    'deps.deadSessions.end(session.sessionId, deps.lifetimes)',
    'deps.deadSessions.has(session.sessionId)',
    'app.quotas',
  ),
  mutant(
    'an ended session that only endpoints ask about',
    'lib/http/gate.ts',
    'deps.sessionWatch(claims, waitUntil)',
    '',
    'app.quotas',
  ),
  mutant(
    'an API key that counts for its owner for a minute after its end',
    'lib/http/key-limits.ts',
    'if (isOver(judgeKey(key.hash, reply))) forget(key)',
    'judgeKey(key.hash, reply)',
    'app.quotas',
  ),
  mutant(
    'an old id that names who has the address now',
    'lib/auth/accounts/account-names.ts',
    'exists && accountId === typed',
    'exists',
    'blocks.spec',
  ),
  mutant(
    'made-up API keys that are looked up for each network of a used-up site',
    'lib/rate-limit/hot.ts',
    'if (wider !== undefined && this.#isFull(wider)) return true',
    '',
    'limits.spec',
  ),
  mutant(
    'two credentials that nobody counts',
    'lib/http/gate.ts',
    "row.quota === 'none' ? undefined : await asStranger()",
    'undefined',
    'limits.spec',
  ),
  mutant(
    'METRICS_TOKEN opens everything',
    'lib/http/credentials/present.ts',
    'row.token === undefined ? undefined : settings[row.token]',
    'settings.metricsToken',
    'metrics.spec',
  ),
  mutant(
    'counters that are told twice',
    'lib/http/metrics.ts',
    'this.#untold = new Map()',
    'this.#untold = new Map(told)',
    'metrics',
  ),
  mutant(
    'a place for hashing outlives its connection',
    'local/hashing-places.ts',
    "    socket.once('close', giveBack)\n",
    '',
    'server.test',
  ),
  mutant(
    'a place for hashing is held until the answer is read',
    'local/hashing-places.ts',
    '        giveBack()\n        return Reflect',
    "        response.once('close', giveBack)\n        return Reflect",
    'server.test',
  ),
  mutant(
    'a void link is worth a hash',
    'lib/store/scripts/registrations.ts',
    "if not kept[1] or redis.call('SISMEMBER', ARGV[1] .. kept[1], ARGV[2]) == 0 then return {} end",
    'if not kept[1] then return {} end',
    'auth/register',
  ),
  mutant(
    'one account fills the queue of hashes',
    'lib/auth/passwords/password.ts',
    ' || held >= MOST_OF_ONE_HOLDER',
    '',
    'change-password.test',
    'password.test',
  ),
  mutant(
    'a replaced hash is taken for a changed password',
    'lib/auth/passwords/compare-replaced.ts',
    'if (hash === undefined || hash === before)',
    'if (hash !== before || hash === undefined)',
    'sign-in.test',
  ),
  mutant(
    'a replaced hash enters uncompared',
    'lib/auth/passwords/compare-replaced.ts',
    'return matches.value ? ok({ accountId, hash })',
    'return hash ? ok({ accountId, hash })',
    'sign-in.test',
  ),
]

function mutant(name: string, file: string, from: string, to: string, ...tests: string[]): Mutant {
  return { name, file, edits: [[from, to]], tests }
}

/** Plants each fault in a copy of the project and says whether a test noticed. */
function main(): number {
  const wanted = process.argv.slice(2)
  const copy = mkdtempSync(join(tmpdir(), 'usher-mutants-'))
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  const files = spawnSync('git', ['ls-files'], { encoding: 'utf8' }).stdout.trim().split('\n')
  // Besides what git knows the document, which the build has made: the API imports it.
  files.push('lib/openapi/openapi.json')
  for (const file of files) cpSync(file, join(copy, file), { recursive: true })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))

  const rows: string[] = []
  let survived = 0
  for (const { name, file, edits, tests } of MUTANTS) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue
    const path = join(copy, file)
    const source = readFileSync(path, 'utf8')
    let planted = source
    for (const [from, to] of edits) {
      if (planted.split(from).length !== 2)
        throw new Error(`${name}: the text is not in ${file} once`)
      planted = planted.replace(from, () => to)
    }
    writeFileSync(path, planted)
    const red = !testsPass(copy, tests)
    writeFileSync(path, source)
    if (!red) survived++
    rows.push(`| ${name} | ${file} | ${red ? 'red' : 'SURVIVED'} |`)
    console.log(rows.at(-1))
  }
  console.log(`\n| planted fault | file | suite |\n|---|---|---|\n${rows.join('\n')}`)
  return survived === 0 ? 0 : 1
}

function testsPass(folder: string, tests: string[]): boolean {
  const options = { cwd: folder, encoding: 'utf8' as const, timeout: 300_000 }
  const bundled = spawnSync(process.execPath, ['local/run.mjs', 'bundle'], options)
  if (bundled.status !== 0) throw new Error(`the mutant does not bundle:\n${bundled.stderr}`)
  const playwright = join('node_modules', '.bin', 'playwright')
  const projects = ['--project=unit', '--project=serve', '--max-failures=1']
  return spawnSync(playwright, ['test', ...projects, ...tests], options).status === 0
}

process.exitCode = main()
