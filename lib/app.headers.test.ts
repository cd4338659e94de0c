import { test } from '@playwright/test'
import { OwnAnswers } from '../local/own-answers.ts'
import { environmentOf, NO_STORE } from '../test/support/environment.ts'
import { expect } from '../test/support/problem.ts'
import { type App, createApp } from './app.ts'
import { fail } from './contract/problems.ts'
import { createAppDeps } from './deps/app.ts'
import { EnvironmentFault, parseSettings } from './settings/settings.ts'

const HSTS = 'max-age=63072000'

function settingsOf(origin: string) {
  return parseSettings(environmentOf({ origin, store: NO_STORE }))
}

function appOf(origin: string): App {
  const deps = createAppDeps(settingsOf(origin))
  return createApp(() => deps)
}

/** What is answered without a store: by the gate, an endpoint, and as a page. */
const ANSWERS: [method: string, path: string, status: number][] = [
  ['GET', '/api/health', 200],
  ['GET', '/api/nope', 404],
  ['GET', '/api/books/', 308],
  ['OPTIONS', '/api/books', 204],
  ['POST', '/api/auth/refresh', 415],
  ['GET', '/api/movies', 503],
  ['GET', '/problems/not-found', 200],
  ['GET', '/problems/not-found/', 308],
  ['POST', '/problems/not-found', 405],
  ['GET', '/nothing/here', 404],
]

test('over https every answer asks to be called that way; over http none does', async () => {
  for (const [origin, expected] of [
    ['https://api.example.com', HSTS],
    ['http://127.0.0.1:3000', null],
  ] as const) {
    const app = appOf(origin)
    for (const [method, path, status] of ANSWERS) {
      const answer = await app(new Request(`${origin}${path}`, { method }), () => undefined)
      expect(answer.status, `${method} ${path}`).toBe(status)
      expect(answer.headers.get('strict-transport-security'), `${method} ${path}`).toBe(expected)
    }
    const own = new OwnAnswers(settingsOf(origin))
    for (const { headers } of [
      own.refusal(fail('invalid-request', 'test'), '/', undefined),
      own.redirect('/', undefined),
      own.options(),
      { headers: own.fileHeaders() },
    ]) {
      expect(headers.get('strict-transport-security')).toBe(expected)
    }
  }
})

test('a page is served also while the environment has faults', async () => {
  const app = createApp(() => {
    throw new EnvironmentFault(['SECRET_TOKEN is missing.'])
  })
  const page = await app(new Request('https://api.example.com/problems/not-found'), () => undefined)
  expect(page.status).toBe(200)
  const refused = await app(new Request('https://api.example.com/api/health'), () => undefined)
  await expect(refused).toBeProblem('internal-error')
})
