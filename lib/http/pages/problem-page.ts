import { PROBLEMS, type ProblemCode } from '../../contract/problems.ts'
import { NAME } from '../../name.ts'
import { escapeHtml, htmlPage } from './html.ts'

/**
 * The page that a problem's `type` points to, from the row of the catalogue.
 *
 * @returns Undefined when there is no such problem.
 */
export function problemPage(slug: string): string | undefined {
  if (!isProblemCode(slug)) return undefined
  const { status, title, remedy } = PROBLEMS[slug]
  return htmlPage(
    `${status} ${title}`,
    `<p><code>${slug}</code> · HTTP ${status}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(remedy)}</p>
<p><a href="/">${escapeHtml(NAME)}</a></p>`,
  )
}

function isProblemCode(slug: string): slug is ProblemCode {
  return Object.hasOwn(PROBLEMS, slug)
}
