'use client'
import { useEffect, useState } from 'react'
import type { User } from './answers.ts'
import { call } from './api.ts'

/** Addresses by account id; null for an account that is gone. Kept as long as the page. */
const known = new Map<string, string | null>()

/** The addresses of accounts, for admins: each is asked for once. */
export function useNames(ids: readonly string[]): ReadonlyMap<string, string | null> {
  const [, setCount] = useState(known.size)
  const missing = [...new Set(ids)].filter((id) => !known.has(id)).join(' ')
  useEffect(() => {
    let isCurrent = true
    const ask = async () => {
      for (const id of missing.split(' ').filter((each) => each !== '')) {
        if (!isCurrent || known.has(id)) continue
        const user = await call<User>('GET', `/api/users/${encodeURIComponent(id)}`).catch(
          () => undefined,
        )
        known.set(id, user?.user ?? null)
        setCount(known.size)
      }
    }
    void ask()
    return () => {
      isCurrent = false
    }
  }, [missing])
  return known
}
