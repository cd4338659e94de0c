import { expect, test } from '../../test/support/fixtures.ts'

test.describe('POST /api/auth/logout', () => {
  test('204, and no token of the session works again', async ({ api }) => {
    const { JWT, refresh } = await api.signIn()
    const { status, text } = await api.send('/api/auth/logout', {
      method: 'POST',
      headers: { Authorization: `Bearer ${JWT}` },
    })
    expect([status, text]).toEqual([204, ''])
    expect(await api.get('/api/movies', JWT)).toBeProblem('invalid-token')
    const refreshed = await api.post('/api/auth/refresh', { refresh })
    expect(refreshed).toBeProblem('invalid-refresh-token')
  })

  test('204 with the refresh token alone ends the session too', async ({ api }) => {
    const { JWT, refresh } = await api.signIn()
    expect((await api.post('/api/auth/logout', { refresh })).status).toBe(204)
    expect(await api.get('/api/movies', JWT)).toBeProblem('invalid-token')
  })

  test('204 for garbage, twice, and other sessions stay', async ({ api }) => {
    const other = await api.signIn()
    const { JWT } = await api.signIn()
    for (const body of ['', 'garbage', '[]', '{"refresh":5}', '{"refresh":"x"}']) {
      const answer = await api.send('/api/auth/logout', {
        method: 'POST',
        headers: { Authorization: `Bearer ${JWT}`, 'Content-Type': 'text/plain' },
        body,
      })
      expect(answer.status).toBe(204)
    }
    expect((await api.send('/api/auth/logout', { method: 'POST' })).status).toBe(204)
    expect((await api.get('/api/movies?limit=1', other.JWT)).status).toBe(200)
  })
})
