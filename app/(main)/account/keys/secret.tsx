'use client'
import { type ReactNode, useEffect, useRef } from 'react'
import type { NewApiKey } from '@/app/parts/answers.ts'
import { Code } from '@/app/parts/code.tsx'
import { CopyButton } from '@/app/parts/copy.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { sample } from '@/lib/http/pages/samples.ts'

/** The one time that a key is shown, with a first call of it. */
export function Secret({
  made,
  origin,
  collection,
  onStored,
}: {
  made: NewApiKey
  origin: string
  collection: string | undefined
  onStored: () => void
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (made.key !== '') heading.current?.focus()
  }, [made.key])
  const call = sample('curl', {
    method: 'GET',
    url: `${origin}/api/${collection}?limit=1`,
    credential: 'key',
    answers: true,
  })
  return (
    <section className="secret" aria-labelledby="new-key">
      <h2 id="new-key" className="row" tabIndex={-1} ref={heading}>
        <Icon name="key" />
        Copy “{made.name}” now
      </h2>
      <p>
        This is the only time it is shown: only a hash of it is kept here. Lost it? Roll it, and you
        get another one.
      </p>
      <div className="secret-value">
        <code className="input secret-text">{made.key}</code>
        <CopyButton text={() => made.key} name="the API key" label="Copy" />
      </div>
      {collection !== undefined && (
        <Code name="Try it" text={`export API_KEY="${made.key}"\n${call}`} language="curl" />
      )}
      <div>
        <button className="button" type="button" onClick={onStored}>
          I have stored it
        </button>
      </div>
    </section>
  )
}
