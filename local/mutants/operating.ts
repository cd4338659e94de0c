import { type Mutant, mutant } from './mutant.ts'

/** Faults in settings, logs, events and the start server. */
export const OPERATING: readonly Mutant[] = [
  mutant(
    'a refusal in the place of an earlier answer',
    'local/last-answers.ts',
    'await Promise.all(open.map(({ response }) => closed(response)))',
    '',
    'e2e/node-server.spec.ts',
  ),
  mutant(
    'secrets in clear to any host',
    'lib/settings/services.ts',
    "protocol === 'https:' || isOwnNetwork(hostname)",
    'protocol !== hostname',
    'lib/settings/settings.test.ts',
  ),
  mutant(
    'a Redis error text in the log',
    'lib/store/client/trips.ts',
    '{storeFault(error)}',
    '{error}',
    'lib/store/client/trips.test.ts',
  ),
  mutant(
    'one user rolls the trail of events',
    'lib/store/events.ts',
    'const MOST_OF_USER = 50',
    'const MOST_OF_USER = 50_000',
    'lib/store/events.test.ts',
  ),
  mutant(
    'strangers roll what is said of users',
    'lib/store/events.ts',
    "named === undefined ? 'strangers' : 'users'",
    "'users'",
    'lib/store/events.test.ts',
  ),
  mutant(
    'many users roll what is said of another',
    'lib/store/scripts/events.ts',
    "unpack(redis.call('ZREVRANGE', counts, 0, 1, 'WITHSCORES'))",
    "unpack(redis.call('ZRANGE', counts, 0, 1, 'WITHSCORES'))",
    'lib/store/events.test.ts',
  ),
  mutant(
    'a text for the terminal as it came',
    'lib/printable.ts',
    ".replace(UNPRINTABLE, '')",
    '',
    'lib/printable.test.ts',
  ),
  mutant(
    'a place for hashing outlives its connection',
    'local/hashing-places.ts',
    "    socket.once('close', giveBack)\n",
    '',
    'local/server.test.ts',
  ),
  mutant(
    'a place for hashing is held until the answer is read',
    'local/hashing-places.ts',
    '        giveBack()\n        return Reflect',
    "        response.once('close', giveBack)\n        return Reflect",
    'local/server.test.ts',
  ),
]
