'use client'
import { useEffect, useState } from 'react'
import type { User } from './answers.ts'
import { call, faultOf } from './api.ts'

/** After this long it is asked again who could not be asked for. */
const AGAIN_MS = 10_000

/** Addresses by account id; null for an account that is gone. Kept as long as the page. */
const known = new Map<string, string | null>()

/** The addresses of accounts, for admins: each is asked for once. */
export function useNames(ids: readonly string[]): ReadonlyMap<string, string | null> {
  const [, setCount] = useState(known.size)
  const [round, setRound] = useState(0)
  const missing = [...new Set(ids)].filter((id) => !known.has(id)).join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    let isCurrent = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      for (const id of missing.split(' ').filter((each) => each !== '')) {
        if (!isCurrent || known.has(id)) continue
        known.set(id, await nameOf(id))
        setCount(known.size)
      }
    }
    ask().catch(() => {
      // A quota or a store that is away says of nobody that they are gone.
      if (isCurrent) timer = setTimeout(() => setRound((before) => before + 1), AGAIN_MS)
    })
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [missing, round])
  return known
}

async function nameOf(id: string): Promise<string | null> {
  try {
    return (await call<User>('GET', `/api/users/${encodeURIComponent(id)}`)).user
  } catch (error) {
    if (faultOf(error).code === 'not-found') return null
    throw error
  }
}
