import { readFileSync } from 'node:fs'

/** The fenced block of the README after a marker. */
export function readmeBlock(marker: string): string {
  const readme = readFileSync('README.md', 'utf8')
  const found = new RegExp(`<!-- ${marker} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1]
  if (found === undefined) throw new Error(`README.md has no block ${marker}`)
  return found
}
