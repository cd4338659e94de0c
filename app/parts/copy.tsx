'use client'
import { type ReactNode, useEffect, useState } from 'react'
import { Icon } from './icons.tsx'
import { toast } from './toasts.tsx'

const CONFIRMED_FOR_MS = 2_000

/** Copies a text, and says so. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    toast('Copied')
    return true
  } catch {
    // A browser that lets no page write to the clipboard: over plain http, or by a choice of its user.
    toast(
      'This browser does not let the page copy: select the text, and copy it yourself.',
      'danger',
    )
    return false
  }
}

/** @param name What is copied, for readers of screens; with `label` the button shows words. */
export function CopyButton({
  text,
  name,
  label,
}: {
  text: () => string
  name: string
  label?: string
}): ReactNode {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), CONFIRMED_FOR_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const press = async () => setCopied(await copy(text()))
  return label === undefined ? (
    <button className="icon-button" type="button" aria-label={`Copy: ${name}`} onClick={press}>
      <Icon name={copied ? 'okay' : 'copy'} size={16} />
    </button>
  ) : (
    <button className="button button-primary" type="button" onClick={press}>
      <Icon name={copied ? 'okay' : 'copy'} />
      {label}
      <span className="hidden-text"> {name}</span>
    </button>
  )
}
