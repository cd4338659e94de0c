import { PROBLEMS, type ProblemCode } from '../errors.ts'
import { REMEDIES } from '../texts.ts'

/**
 * The page that a problem's `type` points to, from the row of the catalogue.
 *
 * @returns Undefined when there is no such problem.
 */
export function problemPage(slug: string): string | undefined {
  if (!isProblemCode(slug)) return undefined
  const { status, title } = PROBLEMS[slug]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${status} ${escapeHtml(title)}</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1.5rem;color:#1c1c28;background:#fdfcf9}code{background:#efece3;padding:.1em .35em;border-radius:.25em}a{color:#7a1f3d}</style>
</head>
<body>
<main>
<p><code>${slug}</code> · HTTP ${status}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(REMEDIES[slug])}</p>
<p><a href="/">Usher</a></p>
</main>
</body>
</html>
`
}

function isProblemCode(slug: string): slug is ProblemCode {
  return Object.hasOwn(PROBLEMS, slug)
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
