import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { type CollectionRig, startCollectionRig } from '../../test/support/collections.ts'
import { type Collection, defineCollection } from '../collections/define.ts'
import { getItem } from './get.ts'
import { heal } from './heal.ts'
import { readerOf } from './item.ts'
import { listItems } from './list.ts'
import { parseQuery } from './query.ts'
import { listReferring, planReferring, referringTo } from './referring.ts'
import { createItem, patchItem } from './write.ts'

const access = {
  list: 'public',
  get: 'public',
  create: 'user',
  update: 'user',
  delete: 'user',
} as const
const people: Collection = defineCollection({
  name: 'people',
  prefix: 'person:',
  access: { ...access, get: 'user' },
  fields: (z) => ({
    name: z.string(),
    note: z.optional(z.string()),
    boss: z.optional(z.reference('people')),
    owner: z.optional(z.string()),
  }),
  stamps: ['owner'],
})
const teams: Collection = defineCollection({
  name: 'teams',
  prefix: 'team:',
  access,
  fields: (z) => ({
    title: z.optional(z.string()),
    lead: z.nullable(z.reference('people')),
    deputy: z.default(z.reference('people'), 'p0'),
    members: z.optional(z.array(z.reference('people'))),
    place: z.optional(z.reference('places')),
    gone: z.optional(z.reference('nowhere')),
  }),
  filter: ['title', 'members'],
  sort: ['title'],
})
const places: Collection = defineCollection({
  name: 'places',
  prefix: 'place:',
  access,
  fields: (z) => ({ at: z.string() }),
})
const ALL = [people, teams, places]

for (const kind of ['redis', 'embedded'] as const) {
  test.describe(`references on ${kind}`, () => {
    let rig: CollectionRig
    test.beforeAll(async () => {
      rig = await startCollectionRig(kind, ALL)
    })
    test.afterAll(async () => {
      await rig.settled()
      await rig.close()
    })
    /** Nothing goes on behind an answer of before. */
    const clear = async (): Promise<void> => {
      await rig.settled()
      await rig.command('FLUSHALL')
    }
    test.beforeEach(clear)

    const get = async (collection: Collection, id: string, input = {}, more = {}) =>
      getItem.run(rig.call<Record<string, string>>(collection, input, { id, ...more }), rig.deps)
    const list = async (collection: Collection, input: Record<string, string>, more = {}) =>
      listItems.run(rig.call(collection, input, more), rig.deps)
    const value = <found>(result: { ok: true; value: found } | { ok: false }): found => {
      if (!result.ok) throw new Error(JSON.stringify(result))
      return result.value
    }

    test('what an item refers to comes with it, each once, and a reference to nothing is left out', async () => {
      await rig.command('HSET', 'person:p0', 'name', 'Zero', 'boss', 'p0')
      await rig.command('HSET', 'person:p1', 'name', 'One', 'boss', 'p0', 'secret', 'x')
      await rig.command('HSET', 'person:half', 'note', 'without a name')
      await rig.command('SET', 'person:text', 'no hash')
      await rig.command('HSET', 'place:__proto__', 'at', 'home')
      const members = '["p1","p0","nobody","half","text","p1",7]'
      await rig.command('HSET', 'team:a', 'lead', 'p1', 'members', '["p1"]', 'place', '__proto__')
      await rig.command('HSET', 'team:b', 'title', 'B', 'lead', 'p1', 'deputy', 'nobody')
      await rig.command('HSET', 'team:c', 'title', 'C', 'members', members)

      const zero = { id: 'p0', name: 'Zero', boss: 'p0' }
      const one = { id: 'p1', name: 'One', boss: 'p0' }
      const a = value(await get(teams, 'a', { include: 'lead,members,place', fields: 'title' }))
      expect(a).toEqual({
        id: 'a',
        included: {
          people: { p1: one },
          places: JSON.parse('{"__proto__":{"id":"__proto__","at":"home"}}'),
        },
      })
      // The default leads somewhere, too, and c has a list that is none: a number is no id.
      const page = value(await list(teams, { include: 'deputy,members' }))
      expect(page).toMatchObject({ data: [{ id: 'a' }, { id: 'b' }, { id: 'c', lead: null }] })
      expect(page.data[2]).not.toHaveProperty('members')
      expect(page.included).toEqual({ people: { p0: zero, p1: one } })
      expect(value(await list(teams, { include: 'lead', title: 'C' })).included).toEqual({
        people: {},
      })
      const self = value(await get(people, 'p0', { include: 'boss' }))
      expect(self).toEqual({ ...zero, included: { people: { p0: zero } } })
    })

    test('only references that lead to a collection can be included, and only of those that the caller may get', async () => {
      await rig.command('HSET', 'team:a', 'lead', 'p1', 'place', 'x')
      for (const include of ['title', 'gone', '', 'lead,', 'lead,nope']) {
        expect(await get(teams, 'a', { include }), include).toMatchObject({
          code: 'validation-error',
          errors: [{ pointer: '#/include', message: /allowed: lead, deputy, members, place$/ }],
        })
      }
      expect(await list(places, { include: 'at' })).toMatchObject({ code: 'validation-error' })
      const asked: Collection[] = []
      const stranger = {
        may: (_: string, each: Collection) => asked.push(each) < 0 || each !== people,
      }
      for (const refused of [
        await get(teams, 'a', { include: 'place,lead' }, stranger),
        await list(teams, { include: 'members' }, stranger),
      ])
        expect(refused).toMatchObject({
          code: 'validation-error',
          errors: [
            { pointer: '#/include', message: /^leads to people, which this request may not/ },
          ],
        })
      expect(await get(teams, 'a', { include: 'place' }, stranger)).toMatchObject({ ok: true })
    })

    test('get and list with include are one command, and the tag changes with what is included', async () => {
      await rig.command('HSET', 'person:p1', 'name', 'One')
      await rig.command('HSET', 'team:a', 'lead', 'p1', 'deputy', 'p1', 'members', '["p1"]')
      rig.sent.length = 0
      const include = 'lead,deputy,members'
      const tagOf = async (): Promise<string | undefined> => {
        const found = await get(teams, 'a', { include })
        return found.ok ? found.headers?.['ETag'] : undefined
      }
      const [first, again] = [await tagOf(), await tagOf()]
      expect(await list(teams, { include, limit: '50' })).toMatchObject({ ok: true })
      expect(rig.sent).toEqual(['EVAL_RO', 'EVAL_RO', 'EVAL_RO'])
      expect(again).toBe(first)
      await patchItem.run(rig.call<unknown>(people, { note: 'new' }, { id: 'p1' }), rig.deps)
      expect(await tagOf()).not.toBe(first)
      const plain = await get(teams, 'a')
      expect(plain.ok && plain.headers?.['ETag']).not.toBe(first)
    })

    test('what is too much for one command is read in one more, and a page leads to a thousand items at most', async () => {
      const ids = Array.from({ length: 60 }, (_, index) => `p${index}`)
      for (const id of ids) {
        await rig.command('HSET', `person:${id}`, 'name', id, 'note', 'n'.repeat(5_000))
      }
      await rig.command('HSET', 'team:a', 'members', JSON.stringify(ids))
      rig.sent.length = 0
      const all = value(await get(teams, 'a', { include: 'members' }))
      expect(Object.keys(Object(all['included']).people)).toEqual(ids)
      expect(rig.sent.filter((name) => name === 'HMGET').length).toBeGreaterThan(30)
      for (const team of ['a', 'b']) {
        const many = Array.from({ length: 501 }, (_, index) => `${team}${index}`)
        await rig.command('HSET', `team:${team}`, 'members', JSON.stringify(many))
      }
      expect(await list(teams, { include: 'members' })).toMatchObject({
        errors: [{ pointer: '#/include', message: /more than 1000 items/ }],
      })
      expect(await list(teams, { include: 'members', limit: '1' })).toMatchObject({ ok: true })
    })

    test('the reverse of a reference is in an index, declared as a filter or not', async () => {
      expect(
        referringTo(people, ALL).map(({ collection, field }) => `${collection.name}.${field.name}`),
      ).toEqual(['people.boss', 'teams.lead', 'teams.deputy', 'teams.members'])
      for (let index = 0; index < 30; index++) {
        const lead = `p${index % 3}`
        const members = [`p${index % 5}`, `p${index % 2}`]
        const team = { id: `t${String(index).padStart(2, '0')}`, title: `T${29 - index}` }
        const made = await createItem.run(
          rig.call<unknown>(teams, { ...team, lead, members }),
          rig.deps,
        )
        expect(made).toMatchObject({ ok: true })
      }
      await rig.fill(teams)
      const field = (name: string) => {
        const found = readerOf(teams).fields.find((each) => each.name === name)
        if (found === undefined) throw new TypeError(name)
        return found
      }
      const query = value(parseQuery(teams, { limit: '4', sort: '-title' }))
      const first = value(
        await listReferring(rig.call(teams, undefined), rig.deps, field('lead'), 'p1', query),
      )
      expect(first.data.map(({ id }) => id)).toEqual(['t22', 't25', 't01', 't04'])
      const next = { ...query, cursor: first.nextCursor ?? '' }
      const second = value(
        await listReferring(rig.call(teams, undefined), rig.deps, field('lead'), 'p1', next),
      )
      expect(second.data.map(({ id }) => id)).toEqual(['t07', 't10', 't13', 't16'])

      // Of many items at a time: one round trip.
      const plans = await Promise.all(
        ['p0', 'p4', 'nobody'].map((id) =>
          planReferring(
            { collection: teams, field: field('members') },
            id,
            value(parseQuery(teams, { count: 'exact', limit: '1' })),
            rig.deps,
          ),
        ),
      )
      const reads = plans.map((plan) => value(plan))
      const found = await rig.store().read(...reads.map(({ read }) => read))
      const pages = await Promise.all(
        reads.map(({ finish }, index) => finish(rig.call(teams, undefined), found[index] as never)),
      )
      expect(pages.map((page) => value(page).count)).toEqual([18, 6, 0])
    })

    test('include says what separate reads would', async () => {
      test.setTimeout(120_000 + RUNS * 5_000)
      const id = fc.constantFrom('p0', 'p1', 'p2', 'p3', 'it’s', 'a b', '\u{1F600}')
      const team = fc.record(
        { lead: fc.option(id), deputy: id, members: fc.array(id, { maxLength: 4 }) },
        { requiredKeys: ['lead'] },
      )
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(id),
          fc.array(team, { minLength: 1, maxLength: 6 }),
          fc.subarray(['lead', 'deputy', 'members'], { minLength: 1 }),
          fc.boolean(),
          async (there, rows, include, indexed) => {
            await clear()
            for (const each of there) await rig.command('HSET', `person:${each}`, 'name', each)
            for (const [index, row] of rows.entries()) {
              const input = { id: String(index), ...row }
              await createItem.run(rig.call<unknown>(teams, input), rig.deps)
            }
            if (indexed) {
              await rig.fill()
              await heal(rig.store, { restMs: 0, collections: ALL })
            }
            const text = include.join(',')
            const page = value(await list(teams, { include: text }))
            const expected: Record<string, unknown> = {}
            for (const item of page.data) {
              for (const ref of include.flatMap((name) => item[name] ?? [])) {
                const found = await get(people, String(ref))
                if (found.ok) expected[String(ref)] = found.value
              }
            }
            expect(page.included).toEqual({ people: expected })
            const one = value(await get(teams, '0', { include: text }))
            const { included, ...item } = one
            expect(item).toEqual(page.data[0])
            for (const [name, person] of Object.entries(Object(included).people))
              expect(person).toEqual(expected[name])
          },
        ),
        { numRuns: RUNS },
      )
    })
  })
}

/** How many random cases; `PROPERTY_RUNS=2000` tries as many as that. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 15)
