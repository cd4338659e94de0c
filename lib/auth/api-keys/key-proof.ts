import { ACTS } from '../../collections/define.ts'
import { mapRead, type Read } from '../../store/client/reply.ts'
import { isOver, type KeyLiveness, keyRead } from '../../store/key-liveness.ts'
import type { PresentedKey } from './api-key.ts'

/** What a key must be good for. */
export interface KeyScope {
  collection: string
  action: string
}

/** How an API key is proven: what to read with the data, and whether what was found reaches far enough. */
export interface KeyProof {
  id: string
  read: Read<KeyLiveness>
  /** The scopes that would be good for it, in words. */
  needs(): string
  /** @param wanted What else it must be good for. */
  reaches(scopes: readonly string[], wanted?: KeyScope): boolean
}

/** @param onDead Told when the store says that the key is over. */
export function createKeyProof(
  key: PresentedKey,
  scope: KeyScope,
  onDead: (key: PresentedKey) => void = () => undefined,
): KeyProof {
  const read = mapRead(keyRead(key), (found) => {
    if (isOver(found)) onDead(key)
    return found
  })
  return {
    id: key.id,
    read,
    needs: () => neededScope(scope),
    reaches: (scopes, wanted = scope) => isScoped(scopes, wanted),
  }
}

/** What `read` and `write` stand for; every action can be named by itself too. */
const GROUPS = new Map<string, readonly string[]>([
  ['read', ['list', 'get']],
  ['write', ['create', 'replace', 'update', 'delete']],
])

/** Whether one of a key's scopes is good for an action. To replace is to create and to update; a batch is any of them. */
export function isScoped(scopes: readonly string[], { collection, action }: KeyScope): boolean {
  const has = (wanted: string): boolean =>
    scopes.some((scope) => {
      const [name, granted = ''] = scope.split(':')
      return (
        name === collection &&
        (granted === wanted || GROUPS.get(granted)?.includes(wanted) === true)
      )
    })
  if (action === 'batch') return ACTS.some(has)
  return has(action) || (action === 'replace' && has('create') && has('update'))
}

function neededScope({ collection, action }: KeyScope): string {
  const [group] = [...GROUPS].find(([, actions]) => actions.includes(action)) ?? []
  if (action === 'batch') return `${collection}:write, or one of its acts`
  const alone =
    action === 'replace'
      ? `${collection}:create and ${collection}:update`
      : `${collection}:${action}`
  return group === undefined ? alone : `${collection}:${group}, or ${alone}`
}
