'use client'
import { useSyncExternalStore } from 'react'
import { LANGUAGES, type Language } from '@/lib/http/pages/samples.ts'

const KEPT = 'language'
const listeners = new Set<() => void>()

/** The language of all examples: chosen once, and remembered by this browser. */
export function useLanguage(): [Language, (language: Language) => void] {
  const chosen = useSyncExternalStore(subscribe, kept, () => LANGUAGES[0])
  return [chosen, choose]
}

function kept(): Language {
  const name = storage()?.getItem(KEPT)
  return LANGUAGES.find((language) => language === name) ?? LANGUAGES[0]
}

function choose(language: Language): void {
  storage()?.setItem(KEPT, language)
  for (const listener of listeners) listener()
}

/** Undefined where the browser lets pages keep nothing. */
function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
