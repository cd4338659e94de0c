import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { TraceSearch } from './traces.ts'

const [USER, OLD, NEW] = ['again@home.org', 'u_old', 'u_new']

let rig: CollectionRig
test.beforeAll(async () => {
  rig = await startCollectionRig('redis')
})
test.afterAll(() => rig.close())

test('who comes to the address of a deleted account keeps what is theirs', async () => {
  const records: Record<string, string[]> = {
    'key:theirs': ['user', USER, 'uid', NEW],
    'key:of-before-ids': ['user', USER],
    'key:old': ['user', USER, 'uid', OLD],
    'session:theirs': ['uid', NEW],
    'session:old': ['uid', OLD],
    'registration:open': ['user', USER],
    'registration:void': ['user', USER],
    'passkey:old': ['user', USER, 'uid', OLD],
  }
  for (const [key, fields] of Object.entries(records)) await rig.command('HSET', key, ...fields)
  await rig.command('SADD', `registrations:${USER}`, 'open')
  const search = new TraceSearch({ userId: USER, accountId: OLD }, [])
  while (!(await search.step(rig.store())));
  await search.forgetRest(rig.store())
  const left = ((await rig.command('KEYS', '*')) as Buffer[]).map(String).sort()
  expect(left).toEqual([
    'key:theirs',
    'registration:open',
    `registrations:${USER}`,
    'session:theirs',
  ])
})
