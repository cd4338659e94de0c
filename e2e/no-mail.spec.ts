import { expect, test } from '../test/support/fixtures.ts'

test.use({ environment: { MAIL_API_URL: '', MAIL_API_KEY: '', MAIL_FROM: '' } })

test('where no mail is configured nothing is kept that waits for one', async ({ api, store }) => {
  const before = await store.call('KEYS', 'registration*')
  for (const [path, body] of [
    ['/api/auth/register', { user: 'waits@home.org', password: 'a long enough one' }],
    ['/api/auth/password/forgot', { user: 'me@home.org' }],
    ['/api/auth/email/resend', { user: 'me@home.org' }],
  ] as const) {
    const answer = await api.post(path, body)
    expect(answer, path).toBeProblem('service-unavailable', {
      detail: expect.stringContaining('no mail'),
    })
  }
  expect(await store.call('KEYS', 'registration*')).toEqual(before)
  expect(await store.call('EXISTS', 'user:waits@home.org')).toBe(0)
})
