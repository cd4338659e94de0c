import { expect, test } from '@playwright/test'
import { type CollectionRig, startCollectionRig } from '../../../test/support/collections.ts'
import { accountsOf, accountsRead, setRights } from '../../store/administration.ts'
import type { StoredPage } from '../../store/pages.ts'
import { healAccounts } from './heal-accounts.ts'

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`the index of accounts on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind)
    })
    test.afterAll(async () => {
      await rig.close()
    })

    const addresses = async (): Promise<string[]> => {
      const found: string[] = []
      for (let after: string | undefined = ''; after !== undefined; ) {
        const [page]: readonly [StoredPage] = await rig
          .store()
          .read(accountsRead({ after, limit: 7 }))
        found.push(...accountsOf(page).map(({ userId }) => userId))
        after = page.next
      }
      return found
    }
    const type = (user: string, level: string): Promise<unknown> =>
      rig.command('HSET', `user:${user}`, 'password', 'x', 'level', level)

    test('accounts that were typed by hand are listed, once, and admins among them count', async () => {
      const names = Array.from({ length: 20 }, (_, index) => `typed-${index}@home.org`).sort()
      for (const name of names) await type(name, '0')
      await type('boss@home.org', '9')
      await rig.command('SET', 'user:no-hash@home.org', 'x')
      const all = ['boss@home.org', ...names]
      expect(await addresses()).toEqual(all)

      const fillUpTo = async (end: number): Promise<void> => {
        for (let start = 0; start < end; start += 500) {
          const pairs = Array.from({ length: 500 }, (_, index) => [`other:${start + index}`, 'x'])
          await rig.command('MSET', ...pairs.flat())
        }
      }
      // More than SCAN names at once.
      await fillUpTo(5_000)
      expect(await addresses()).toEqual(all)

      // In a keyspace that is not small the index alone is asked.
      await fillUpTo(10_500)
      expect(await addresses()).toEqual([])
      const demoted = () =>
        setRights(rig.store(), { userId: 'boss@home.org', accountId: undefined }, { level: 0 })
      await type('second@home.org', '9')
      expect((await demoted()).status).toBe('last-admin')
      expect(await healAccounts(rig.store, 'a', 0)).toBe(22)
      expect(await addresses()).toEqual([...all, 'second@home.org'].sort())
      expect((await demoted()).status).toBe('done')

      // However many of the index are gone, what comes behind them is reached.
      const gone = Array.from({ length: 4_100 }, (_, index) => ['0', `gone-${index}@home.org`])
      await rig.command('ZADD', 'accounts', ...gone.flat())
      expect(await addresses()).toEqual([...all, 'second@home.org'].sort())
      await rig.command('ZREM', 'accounts', ...gone.map(([, name]) => String(name)))

      await rig.command('DEL', 'user:typed-3@home.org')
      expect(await addresses()).not.toContain('typed-3@home.org')
      expect(await healAccounts(rig.store, 'b', 60_000)).toBeUndefined()
      expect(await healAccounts(rig.store, 'b', 0)).toBe(1)
      expect(await healAccounts(rig.store, 'c', 0)).toBe(0)
    })
  })
}
