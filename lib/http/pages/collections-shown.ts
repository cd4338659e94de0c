import type { Collection } from '../../collections/define.ts'
import type { Access } from '../../contract/access.ts'
import { readerOf } from '../../items/item.ts'
import { allCollections } from '../../items/registry.ts'

/** A collection as pages tell of it. */
export interface ShownCollection {
  name: string
  title: string
  /** What is in it, and how it can be asked for. */
  about: string
  /** Who may read and write it. */
  who: string
  access: Collection['access']
}

/** Every collection of this API. */
export function shownCollections(): ShownCollection[] {
  return allCollections().map((collection) => ({
    name: collection.name,
    title: titleOf(collection.name),
    about: about(collection),
    who: who(collection.access),
    access: collection.access,
  }))
}

/** `star-charts` is "Star charts" in a heading. */
export function titleOf(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function about(collection: Collection): string {
  const { filter = [], search = [], sort = [] } = collection
  const { names } = readerOf(collection)
  const sorted = [...new Set(sort.map((order) => order.replace(/^-/, '').split(',')[0] ?? ''))]
  const ways = [
    ...(filter.length === 0 ? [] : [`filter by ${listed(filter)}`]),
    ...(search.length === 0 ? [] : [`search in ${listed(search)}`]),
    ...(sorted.length === 0 ? [] : [`sort by ${listed(sorted)}`]),
  ]
  const has = names.length === 0 ? 'Ids alone.' : `Each has ${listed(names)}.`
  return ways.length === 0 ? has : `${has} ${titleOf(ways.join(', '))}.`
}

const READERS: Readonly<Record<Access, string>> = {
  public: 'without an account',
  user: 'with an account',
  editor: 'as an editor',
  admin: 'as an admin',
}

const WRITERS: Readonly<Record<Access, string>> = {
  public: 'Everybody writes.',
  user: 'Users write.',
  editor: 'Editors write.',
  admin: 'Admins write.',
}

function who({ list, get, create }: Collection['access']): string {
  const reading =
    list === get ? `Read ${READERS[list]}.` : `List ${READERS[list]}, read one ${READERS[get]}.`
  return `${reading} ${WRITERS[create]}`
}
