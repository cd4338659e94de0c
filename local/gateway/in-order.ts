/** A member of a sorted set, as the engine has it. */
interface Member {
  readonly member: Buffer
  readonly score: number
}

/**
 * Has the members of a sorted set come in their order: by score, then by bytes. The engine sorts all of them for
 * every range that is read; what is in order already costs it a fraction of that, also when a few are new.
 *
 * @param members As the engine has them, by the hexadecimal digits of their bytes. It changes them by
 *   `set`, `delete` and `clear` alone.
 */
export function keepInOrder(members: Map<string, Member>): void {
  if (Object.hasOwn(members, 'values')) return
  const { set, delete: remove, clear } = Map.prototype
  let ordered: Member[] | undefined
  let added: Member[] = []
  let removed = new Set<Member>()
  const forget = (): void => {
    ordered = undefined
    added = []
    removed = new Set()
  }
  const order = (): Member[] => {
    if (ordered === undefined) {
      ordered = Array.from(Map.prototype.values.call(members)).sort(inOrder)
    } else if (added.length + removed.size > 0) {
      ordered = [...ordered, ...added].filter((each) => !removed.has(each)).sort(inOrder)
    }
    added = []
    removed = new Set()
    return ordered
  }
  const note = (next: Member | undefined, old: Member | undefined): void => {
    if (ordered === undefined) return
    if (next !== undefined) added.push(next)
    if (old !== undefined) removed.add(old)
    // Nobody reads it any more.
    if (added.length + removed.size > members.size) forget()
  }
  members.set = (id, next) => {
    const old = members.get(id)
    // The one that is there is the same.
    if (old?.score === next.score) return members
    note(next, old)
    return set.call(members, id, next) as typeof members
  }
  members.delete = (id) => {
    note(undefined, members.get(id))
    return remove.call(members, id)
  }
  members.clear = () => {
    forget()
    clear.call(members)
  }
  members.values = () => order().values()
}

function inOrder(a: Member, b: Member): number {
  return a.score - b.score || Buffer.compare(a.member, b.member)
}
