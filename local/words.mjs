import { parseArgs } from 'node:util'

const SERVES = `serves on HOST:PORT (127.0.0.1:3000).
All configuration comes from the environment; .env.example describes it.`

const UP = {
  help: `npm run up: installs, builds, starts the local store, loads the demo data and serves on
HOST:PORT (127.0.0.1:3000). Its data is kept in .usher/store; set REDIS_URL to keep it in a Redis of yours.
npm run dev: the same with Next's development server, which serves what you change at once.
--verbose: shows what the tools say; else it goes to .usher/logs.
The accounts of the demo have two weeks of usage, which is made up.
--demo: loads the demo data and accounts into the Redis of REDIS_URL, too, which gets nothing else.
--fresh: begins with an empty store; what was in .usher/store is set aside there.
--provider: an OpenID provider of this machine with two people, to try the sign-in with one.
--fault <name>: a store that fails, to see what clients see; --fault help lists the ways.`,
  options: {
    verbose: { type: 'boolean' },
    demo: { type: 'boolean' },
    fresh: { type: 'boolean' },
    provider: { type: 'boolean' },
    fault: { type: 'string' },
  },
}

/** Commands that take few words or none; the others read theirs by themselves. */
const COMMANDS = {
  up: UP,
  dev: UP,
  build: {
    help: 'npm run build: makes the OpenAPI document, builds the pages and routes, and bundles the servers.',
  },
  start: { help: `npm start: ${SERVES}` },
  serve: { help: `npm run serve: ${SERVES}` },
  workerd: { help: `npm run workerd: ${SERVES}` },
  'next-workerd': { help: `npm run next-workerd: ${SERVES}` },
  openapi: {
    help: `npm run --silent openapi [-- <file>]: prints the OpenAPI document, or writes it into a file.
Serving it needs neither: build and dev make it by themselves.`,
    files: 1,
  },
  client: {
    help: `npm run client: packs a client of this API, with the types of its collections, for others to
install: dist/client/<name>-client-<version>.tgz. Name and version are those of package.json.`,
  },
  screenshots: {
    help: `npm run screenshots: makes docs/screenshots/*.webp anew, with the system's Chromium.
CHROMIUM names another one.`,
  },
  'common-passwords': {
    help: 'npm run common-passwords: writes lib/auth/passwords/common-passwords-list.ts anew.',
  },
}

/**
 * Answers `--help`, and words that a command does not know: before anything is installed or built,
 * and before something is done that was not asked for.
 */
export function checkWords(command, words) {
  if (!Object.hasOwn(COMMANDS, command)) return
  const { help, options = {}, files = 0 } = COMMANDS[command]
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) {
      console.log(help)
      process.exit(0)
    }
    if (positionals.length <= files) return
    console.error(`It does not know the word ${positionals[files]}.\n\n${help}`)
  } catch (error) {
    console.error(`${error.message}\n\n${help}`)
  }
  process.exit(2)
}
