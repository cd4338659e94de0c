import { expect, test } from '@playwright/test'
import type { EngineReply } from './engine.ts'
import { stableScan } from './stable-scan.ts'

const PAGE = 10

/** A keyspace that notes what is asked of it. */
function keyspace(names: readonly string[]) {
  const types = new Map(names.map((name) => [name, 'string']))
  const asked: string[] = []
  const call = async (command: readonly Buffer[]): Promise<EngineReply> => {
    asked.push(command.join(' '))
    return [...types.keys()].map((name) => Buffer.from(name))
  }
  const scan = stableScan(call, (key) => types.get(String(key)) ?? null)
  const page = async (cursor: string, ...options: string[]): Promise<[string, string[]]> => {
    const words = ['SCAN', cursor, ...options, 'COUNT', String(PAGE)].map((word) =>
      Buffer.from(word),
    )
    const [next, keys] = (await scan(words)) as [Buffer, Buffer[]]
    return [String(next), keys.map(String)]
  }
  const all = async (between: (cursor: string) => unknown, ...options: string[]) => {
    const seen: string[] = []
    let cursor = '0'
    do {
      const [next, keys] = await page(cursor, ...options)
      seen.push(...keys)
      await between(next)
      cursor = next
    } while (cursor !== '0')
    return seen
  }
  return { types, asked, page, all }
}

const NAMES = Array.from({ length: 95 }, (_, index) => `key:${index}`)

test('a scan lists the keys once, and names each of them once', async () => {
  const { asked, all } = keyspace(NAMES)
  const seen = await all(() => undefined)
  expect(seen.toSorted()).toEqual(NAMES.toSorted())
  expect(asked).toEqual(['KEYS *'])
})

test('what goes while a scan is under way is not named any more', async () => {
  const { types, page } = keyspace(NAMES)
  let [cursor, seen] = await page('0')
  const gone = NAMES.filter((name) => !seen.includes(name)).slice(0, 40)
  for (const name of gone) types.delete(name)
  while (cursor !== '0') {
    const [next, keys] = await page(cursor)
    seen = [...seen, ...keys]
    cursor = next
  }
  expect(seen.toSorted()).toEqual([...types.keys()].toSorted())
})

test('scans side by side name what is there all the while, and nothing that is gone', async () => {
  const { types, page, all } = keyspace(NAMES)
  const [other] = await page('0')
  types.set('new', 'hash')
  types.delete('key:0')
  const seen = await all(() => page(other))
  expect(seen.toSorted()).toEqual([...types.keys()].toSorted())
  expect(await all(() => undefined, 'TYPE', 'hash')).toEqual(['new'])
  // What is looked for may be called as an option is.
  expect(await all(() => undefined, 'MATCH', 'type')).toHaveLength(NAMES.length)
})
