import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { keepInOrder } from './in-order.ts'

interface Member {
  member: Buffer
  score: number
}

const name = fc.constantFrom('', 'a', 'b', 'B', 'ab', 'é', '\u0000', 'z')
const score = fc.constantFrom(0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
const act = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('set' as const), name, score }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
)

function sorted(members: Iterable<Member>): Member[] {
  return [...members].sort((a, b) =>
    a.score === b.score ? Buffer.compare(a.member, b.member) : a.score < b.score ? -1 : 1,
  )
}

test('whatever is set, deleted and cleared between reads, each reads the members in their order', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const plain = new Map<string, Member>()
      const members = new Map<string, Member>()
      keepInOrder(members)
      for (const each of acts) {
        if (each.do === 'read') expect([...members.values()]).toEqual(sorted(plain.values()))
        if (each.do === 'clear') for (const map of [plain, members]) map.clear()
        if (each.do === 'set') {
          const member = Buffer.from(each.name)
          for (const map of [plain, members]) {
            map.set(member.toString('hex'), { member, score: each.score })
          }
        }
        if (each.do === 'delete') {
          const id = Buffer.from(each.name).toString('hex')
          expect(members.delete(id)).toBe(plain.delete(id))
        }
      }
      expect([...members.values()]).toEqual(sorted(plain.values()))
      expect(new Map(members)).toEqual(plain)
    }),
  )
})
