'use client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { SearchField } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { Method } from '@/app/parts/method.tsx'

interface NavGroup {
  name: string
  title: string
  operations: readonly { id: string; method: string; path: string; title: string }[]
}

/** Every operation, by subject; what is typed narrows them down. */
export function ReferenceNav({ groups }: { groups: readonly NavGroup[] }): ReactNode {
  const nav = useRef<HTMLElement>(null)
  const [words, setWords] = useState('')
  const here = useAnchorInView()
  const found = groups
    .map((group) => ({
      ...group,
      operations: group.operations.filter((operation) => fits(group, operation, words)),
    }))
    .filter(({ operations }) => operations.length > 0)
  useEffect(() => {
    const close = () => {
      if (nav.current?.matches(':popover-open')) nav.current.hidePopover()
    }
    addEventListener('hashchange', close)
    return () => removeEventListener('hashchange', close)
  }, [])
  return (
    <nav className="side" id="contents" popover="auto" aria-label="Reference" ref={nav}>
      <div>
        <SearchField
          label="Find an operation"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      <a className="nav-link" href="#credentials">
        Credentials
      </a>
      <a className="nav-link" href="#quotas">
        Quotas
      </a>
      {found.map(({ name, title, operations }, index) => {
        const isOpen = words !== '' || operations.some(({ id }) => id === here)
        return (
          <details key={`${name} ${isOpen}`} open={isOpen || (here === undefined && index === 0)}>
            <summary>
              <Icon name="right" size={16} />
              {title}
            </summary>
            {operations.map(({ id, method, title: operation }) => (
              <a
                key={id}
                className="nav-link"
                href={`#${id}`}
                aria-current={id === here ? 'true' : undefined}
              >
                <Method method={method} short />
                <span className="nav-words">{operation}</span>
              </a>
            ))}
          </details>
        )
      })}
      {found.length === 0 && <p className="hint nav-none">Nothing has these words.</p>}
      <a className="nav-link" href="#problems">
        Problems
      </a>
    </nav>
  )
}

function fits(
  { title }: NavGroup,
  operation: NavGroup['operations'][number],
  words: string,
): boolean {
  const text = `${title} ${operation.method} ${operation.path} ${operation.title}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** The operation at the top of the page. */
function useAnchorInView(): string | undefined {
  const [here, setHere] = useState<string>()
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.find(({ isIntersecting }) => isIntersecting)
        if (entry !== undefined) {
          setHere(entry.target.getAttribute('aria-labelledby') ?? undefined)
        }
      },
      { rootMargin: '-64px 0px -75% 0px' },
    )
    for (const article of document.querySelectorAll('.operation')) observer.observe(article)
    return () => observer.disconnect()
  }, [])
  return here
}
