'use client'
import { type ReactNode, useState } from 'react'
import { CodeTabs } from '@/app/parts/code.tsx'

const LANGUAGES = ['JavaScript', 'Python'] as const

const WAITS = {
  JavaScript: (status: number) => `async function get(url) {
  for (;;) {
    const response = await fetch(url, { headers })
    if (response.status !== ${status}) return response
    const seconds = Number(response.headers.get('Retry-After'))
    await new Promise((done) => setTimeout(done, seconds * 1000))
  }
}`,
  Python: (status: number) => `def get(url):
    while True:
        answer = requests.get(url, headers=headers)
        if answer.status_code != ${status}:
            return answer
        time.sleep(int(answer.headers["Retry-After"]))`,
}

const SHOWS = {
  JavaScript: () => `const response = await fetch(url, { headers })
if (!response.ok) {
  const problem = await response.json()
  throw new Error(\`\${problem.title} (\${problem.requestId})\`)
}`,
  Python: () => `answer = requests.get(url, headers=headers)
if not answer.ok:
    problem = answer.json()
    raise RuntimeError(f"{problem['title']} ({problem['requestId']})")`,
}

/** What a program does about it: it waits where waiting helps, and else says what was wrong. */
export function Handling({ status }: { status: number }): ReactNode {
  const [language, choose] = useState<(typeof LANGUAGES)[number]>('JavaScript')
  const texts = status === 429 || status === 503 ? WAITS : SHOWS
  return (
    <section className="section" aria-labelledby="handling">
      <h2 id="handling">How to handle it</h2>
      <CodeTabs
        name="How to handle it"
        languages={LANGUAGES}
        chosen={language}
        onChoose={choose}
        textOf={(each) => texts[each](status)}
      />
    </section>
  )
}
