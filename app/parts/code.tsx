'use client'
import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { CopyButton } from './copy.tsx'
import { type CodeLanguage, highlight } from './highlight.tsx'

/** A text of code under its name. */
export function Code({
  name,
  label = name,
  text,
  language,
  status,
}: {
  name: string
  /** For readers of screens, where several have the same name. */
  label?: string
  text: string
  language: CodeLanguage
  /** Beside the name: how a call went. */
  status?: ReactNode
}): ReactNode {
  return (
    <div className="code">
      <div className="code-bar">
        <span>{name}</span>
        {status !== undefined && <span className="status">{status}</span>}
        <CopyButton text={() => text} name={label} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a section would need a box of its own */}
      <pre role="region" aria-label={`${label}, code`} tabIndex={0}>
        <code>{highlight(text, language)}</code>
      </pre>
    </div>
  )
}

/** The same in several languages, behind tabs. */
export function CodeTabs<language extends CodeLanguage>({
  name,
  languages,
  chosen,
  onChoose,
  textOf,
}: {
  name: string
  languages: readonly language[]
  chosen: language
  onChoose: (language: language) => void
  textOf: (language: language) => string
}): ReactNode {
  const id = useId()
  const text = textOf(chosen)
  return (
    <div className="code">
      <div className="code-bar">
        <div className="tabs" role="tablist" aria-label={name}>
          {languages.map((language) => (
            <button
              key={language}
              className="tab"
              type="button"
              role="tab"
              id={`${id}-${language}`}
              aria-controls={`${id}-panel`}
              aria-selected={language === chosen}
              tabIndex={language === chosen ? 0 : -1}
              onClick={() => onChoose(language)}
              onKeyDown={(event) => moveTab(event, languages, chosen, onChoose)}
            >
              {language}
            </button>
          ))}
        </div>
        <CopyButton text={() => text} name={name} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <pre role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`} tabIndex={0}>
        <code>{highlight(text, chosen)}</code>
      </pre>
    </div>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }

/** Arrow keys go from tab to tab, as the ARIA practices have it. */
function moveTab<language extends string>(
  event: KeyboardEvent<HTMLButtonElement>,
  languages: readonly language[],
  chosen: language,
  onChoose: (language: language) => void,
): void {
  const step = STEPS[event.key]
  if (step === undefined) return
  event.preventDefault()
  const at = (languages.indexOf(chosen) + step + languages.length) % languages.length
  const next = languages[at]
  if (next === undefined) return
  onChoose(next)
  const tab = event.currentTarget.parentElement?.children[at]
  if (tab instanceof HTMLElement) tab.focus()
}
