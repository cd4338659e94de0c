'use client'
import { type ReactNode, useState } from 'react'
import { CodeTabs } from '@/app/parts/code.tsx'
import { ActButton } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { useLanguage } from '@/app/parts/language.ts'
import { AnswerShown, type Sent, send } from '@/app/parts/send.tsx'
import { LANGUAGES, type SampleCall, sample } from '@/lib/http/pages/samples.ts'

/** A call to copy, and what it answers when it is sent from here. */
export function FirstCall({ call }: { call: SampleCall }): ReactNode {
  const [language, choose] = useLanguage()
  const [sent, setSent] = useState<Sent>()
  const [busy, setBusy] = useState(false)
  const press = async () => {
    setBusy(true)
    const { pathname, search } = new URL(call.url)
    const as = call.credential === 'none' ? 'nobody' : 'session'
    setSent(await send({ method: call.method, path: `${pathname}${search}`, as }))
    setBusy(false)
  }
  return (
    <div className="first-call">
      <CodeTabs
        name="First call"
        languages={LANGUAGES}
        chosen={language}
        onChoose={choose}
        textOf={(each) => sample(each, call)}
      />
      {sent === undefined ? (
        <div className="code">
          <div className="code-bar">
            <span>Answer</span>
          </div>
          <div className="empty">
            <p>The same call from this page: what comes back is shown here.</p>
            <ActButton busy={busy} onClick={press}>
              <Icon name="send" />
              Send it
            </ActButton>
          </div>
        </div>
      ) : (
        <AnswerShown sent={sent} />
      )}
    </div>
  )
}
