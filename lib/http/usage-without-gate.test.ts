import { test } from '@playwright/test'
import { ORIGIN } from '../../test/support/environment.ts'
import { expect } from '../../test/support/problem.ts'
import { bearerOf, depsWithoutStore } from '../../test/support/without-store.ts'
import { mintApiKey } from '../auth/api-keys/api-key.ts'
import { ok } from '../contract/problems.ts'
import { defineOperation } from '../operation.ts'
import { endpoint } from './endpoint.ts'
import { handoverHeaders } from './handover.ts'

test('without a gate nobody counts for another, or for nobody: header fields of a client say nothing', async () => {
  const getItem = defineOperation('getItem', {
    summary: '',
    problems: [],
    run: async () => ok({ id: 'emma' }),
  })
  const told = {
    spent: { count: 0, commands: 0, milliseconds: 0 },
    startedAt: Date.now(),
    quotas: [],
  }
  const counted: unknown[] = []
  const usage = { count: (used: unknown) => counted.push(used) } as never
  const without = { ...depsWithoutStore(), usage }
  const handler = endpoint(getItem, () => without)
  const url = `${ORIGIN}/api/books/emma`
  // Whose an API key is nobody proves where anybody may read.
  const key = { 'X-API-Key': (await mintApiKey(without.keyEnvironment)).key }
  const sent = (account: string | undefined, word: string, credential: Record<string, string>) => {
    const handover = { requestId: 'made-up', ...told, counted: account }
    const headers = new Headers([...handoverHeaders(handover, word), ...Object.entries(credential)])
    return new Request(url, { headers })
  }
  const token = await bearerOf(without)
  for (const word of ['', 'guessed']) {
    expect((await handler(sent('u_victim', word, key))).status).toBe(200)
    expect(counted).toEqual([])
    await handler(sent(undefined, word, token))
    expect(counted.splice(0)).toMatchObject([{ subject: 'u_1' }])
  }
  // The gate knows the word, or is in the same process.
  await handler(sent('u_owner', await without.gateWord(), key))
  const handover = { requestId: 'r', ...told, counted: 'u_owner' }
  await handler(new Request(url, { headers: key }), undefined, handover)
  expect(counted).toMatchObject([{ subject: 'u_owner' }, { subject: 'u_owner' }])
})
