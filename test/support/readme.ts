import { readFileSync } from 'node:fs'

/** The fenced block of the README after a marker. */
export function readmeBlock(marker: string): string {
  return pageBlock('README.md', marker)
}

/** The fenced block of a page after a marker. */
export function pageBlock(page: string, marker: string): string {
  const text = readFileSync(page, 'utf8')
  const found = new RegExp(`<!-- ${marker} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(text)?.[1]
  if (found === undefined) throw new Error(`${page} has no block ${marker}`)
  return found
}
