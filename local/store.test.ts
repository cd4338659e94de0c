import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from '@playwright/test'
import { type Engine, EngineGone } from './gateway/engine.ts'
import { startGateway } from './gateway/server.ts'
import { endStore } from './store.ts'

test('a store that ends with its process tells nobody of an outage: who still asks is left without an answer', async () => {
  let begin = (): void => undefined
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  let refuse = (): void => undefined
  const call: Engine['call'] = () =>
    new Promise((_, reject) => {
      refuse = () => reject(new EngineGone('closed'))
      begin()
    })
  const close = async (): Promise<void> => refuse()
  const transaction = async (): Promise<never[]> => []
  const engine: Engine = { name: 'embedded', knowsShebang: false, call, transaction, close }
  const gateway = await startGateway({ engine, token: 'token' })
  const telling = { method: 'POST', headers: { Authorization: 'Bearer token' }, body: '["PING"]' }
  const answer = fetch(gateway.url, telling).then(
    ({ status }) => status,
    () => 'none',
  )
  await begun

  await endStore(gateway)
  // It is there until the process is not: a connection that is refused would be an outage, too.
  const other = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  await once(other, 'connect')
  other.destroy()
  await gateway.close()
  expect(await answer).toBe('none')
})
