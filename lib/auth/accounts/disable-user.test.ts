import { test } from '@playwright/test'
import type { Answer } from '../../../test/support/api.ts'
import { Authenticator } from '../../../test/support/authenticator.ts'
import { BrowserSession } from '../../../test/support/browser-session.ts'
import { type InProcess, ORIGIN } from '../../../test/support/in-process.ts'
import { startIssuer, type TestIssuer } from '../../../test/support/issuer.ts'
import { expect } from '../../../test/support/problem.ts'
import { startApi } from '../../../test/support/start-api.ts'
import { TRIALS } from '../../../test/support/trials.ts'

const ME = { user: 'me@home.org', password: 'password' }
const REFUSED = /\/(invalid-credentials|invalid-refresh-token|oauth-failed)$/

let issuer: TestIssuer
let app: InProcess
/** Disables the account, or enables it. */
let disable: (disabled: boolean) => Promise<Answer>

test.beforeAll(async () => {
  issuer = await startIssuer()
  app = await startApi({ host: 'in-process', env: issuer.variables('FIRM') })
  await app.account('boss@home.org', 9)
  const { JWT } = await app.api.signIn({ user: 'boss@home.org', password: 'password' })
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}` }
  disable = (disabled) =>
    app.api.send(`/api/users/${ME.user}`, {
      ...{ method: 'PATCH', headers },
      body: JSON.stringify({ disabled }),
    })
})
test.afterAll(async () => {
  await app.stop()
  await issuer.stop()
})
test.beforeEach(() => app.account(ME.user))

/** Prepares a way in of one trial; what it returns goes it. */
type Way = (trial: number) => Promise<() => Promise<Answer>>

/** Comes back from the provider as this person. */
async function asPerson(sub: string): Promise<() => Promise<Answer>> {
  issuer.says.claims = { sub, email: ME.user, email_verified: true }
  const browser = new BrowserSession(app)
  const back = issuer.agree(await browser.begin('firm'))
  return () => browser.comeBack(back)
}

async function passkeyWay(): Promise<Way> {
  const { api } = app
  const authenticator = new Authenticator(ORIGIN)
  const { JWT } = await api.signIn(ME)
  const options = await api.post('/api/auth/passkeys/options', {}, JWT)
  const { passkey, credential } = authenticator.create(options.body)
  await api.post('/api/auth/passkeys', { name: 'x', credential }, JWT)
  return async () => {
    const { body } = await api.post('/api/auth/passkey/options', {})
    const assertion = { credential: authenticator.get(body, passkey) }
    return () => api.post('/api/auth/passkey/login', assertion)
  }
}

const WAYS: Record<string, () => Promise<Way>> = {
  'a password': async () => async () => () => app.api.post('/api/auth/signin', ME),
  'a passkey': passkeyWay,
  'a refresh token': async () => async () => {
    const { refresh } = await app.api.signIn(ME)
    return () => app.api.post('/api/auth/refresh', { refresh })
  },
  'an identity': async () => {
    await (await asPerson('known'))()
    return () => asPerson('known')
  },
  'an identity that joins': async () => (trial) => asPerson(`new ${trial}`),
}

/** The tokens of an answer, of its body or its cookies. */
function tokensOf({ body, headers }: Answer): { access: string; refresh: string } {
  const [access = '', refresh = ''] = ['access', 'refresh'].map(
    (kind) => new RegExp(`usher-${kind}=([^;]+)`).exec(headers.getSetCookie().join())?.[1],
  )
  return body?.JWT === undefined ? { access, refresh } : { access: body.JWT, refresh: body.refresh }
}

for (const [name, wayOf] of Object.entries(WAYS)) {
  test(`disabling against ${name}: nobody stays in, also once enabled, ${TRIALS} times`, async () => {
    const way = await wayOf()
    for (let trial = 0; trial < TRIALS; trial++) {
      const enter = await way(trial)
      const calls = [enter, () => disable(true)]
      // Either goes first, half of the time.
      const order = trial % 2 === 0 ? calls : calls.toReversed()
      const answers = await Promise.all(order.map((call) => call()))
      const [answer, disabled] = trial % 2 === 0 ? answers : answers.toReversed()
      expect(disabled?.status).toBe(200)
      if (answer === undefined || answer.status >= 400) {
        expect(answer?.body.type).toMatch(REFUSED)
        await disable(false)
        continue
      }
      const { access, refresh } = tokensOf(answer)
      for (const isDisabled of [true, false]) {
        if (!isDisabled) await disable(false)
        expect(await app.api.get('/api/profile', access)).toBeProblem('invalid-token')
        const again = await app.api.post('/api/auth/refresh', { refresh })
        expect(again).toBeProblem('invalid-refresh-token')
      }
    }
  })
}
