import { expect, test } from '@playwright/test'
import { keys, RESERVED_PREFIXES } from '../store/keys.ts'
import { defineCollection } from './define.ts'
import { apart } from './prefixes.ts'

const access = {
  list: 'public',
  get: 'public',
  create: 'admin',
  update: 'admin',
  delete: 'admin',
} as const
const options = { name: 'others', access, fields: () => ({}) } as const
const others = defineCollection({ ...options, prefix: 'other:' })

test('names and prefixes of Usher’s own, and what begins as they do, do not compile', () => {
  // @ts-expect-error users are no collection
  defineCollection({ ...options, prefix: 'user:' })
  // @ts-expect-error nor is a part of them
  defineCollection({ ...options, prefix: 'user:x:' })
  // @ts-expect-error nor of what indexes are kept in
  defineCollection({ ...options, prefix: 'index:others:' })
  // @ts-expect-error /api/users is taken
  defineCollection({ ...options, name: 'users', prefix: 'other:' })
  // @ts-expect-error a prefix ends in a colon
  defineCollection({ ...options, prefix: 'thing' })
  expect(defineCollection({ ...options, prefix: 'users:' }).prefix).toBe('users:')
})

test('a registry in which a key could belong to two does not compile, and does not start', () => {
  const parts = defineCollection({ ...options, name: 'parts', prefix: 'other:part:' })
  // @ts-expect-error an item of parts has a key of others
  expect(() => apart({ others, parts })).toThrow('"other:" and "other:part:"')
  const more = defineCollection({ ...options, name: 'more', prefix: 'others:' })
  expect(apart({ others, more })).toEqual([others, more])
})

test('where the compiler was not asked nothing starts either', () => {
  for (const prefix of [...RESERVED_PREFIXES, 'user:x:', 'session:a:b:', 'uid:u_1:'] as const) {
    const registry = { others: { ...others, prefix } }
    expect(() => Reflect.apply(apart, undefined, [registry]), prefix).toThrow(
      /others cannot have the prefix .* Choose another/,
    )
  }
})

test('every key that is made of something has a reserved beginning', () => {
  const made = Object.entries(keys).flatMap(([name, key]) =>
    typeof key === 'string' || name === 'item' || name === 'under' ? [] : [name],
  )
  expect(made.length).toBeGreaterThan(9)
  for (const name of made) {
    const make: unknown = Reflect.get(keys, name)
    const key = typeof make === 'function' ? String(make('a', 'b', 1)) : ''
    const reserved = RESERVED_PREFIXES.some((own) => `${key}:`.startsWith(own))
    expect(reserved, `${name}: ${key}`).toBe(true)
  }
  for (const key of [keys.events, keys.probe, keys.healer, keys.healed])
    expect(RESERVED_PREFIXES).toContain(`${key}:`)
})
