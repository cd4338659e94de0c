'use client'
import { useSearchParams } from 'next/navigation'

/** The query of this page, which keeps what is open and chosen; changing it asks no server. */
export function useQuery(): [
  query: URLSearchParams,
  set: (changes: Readonly<Record<string, string | undefined>>) => void,
] {
  const query = new URLSearchParams(useSearchParams())
  const set = (changes: Readonly<Record<string, string | undefined>>): void => {
    const next = new URLSearchParams(location.search)
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) next.delete(name)
      else next.set(name, value)
    }
    const text = next.toString()
    history.pushState(null, '', text === '' ? location.pathname : `?${text}`)
  }
  return [query, set]
}
