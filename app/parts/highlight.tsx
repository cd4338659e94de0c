import type { ReactNode } from 'react'

export type CodeLanguage = 'curl' | 'JavaScript' | 'Python' | 'json' | 'http'

const WORDS: Readonly<Record<CodeLanguage, string>> = {
  curl: 'curl|export',
  JavaScript: 'const|await|async|function|return|if|for|new|import|from',
  Python: 'import|def|while|if|return|from|True|False|None',
  json: 'true|false|null',
  http: '^HTTP/1\\.1.*$',
}

/** A text of code with its strings, words and numbers told apart by colour. */
export function highlight(text: string, language: CodeLanguage): ReactNode[] {
  const name = language === 'json' ? '"(?:[^"\\\\]|\\\\.)*"(?=\\s*:)' : '(?!)'
  const head = language === 'http' ? '^[A-Za-z-]+(?=: )' : '(?!)'
  const string = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\`[^\`]*\``
  const number = '(?<![\\w-])\\d[\\d.]*(?![\\w-])'
  const pattern = new RegExp(
    `(${name}|${head})|(${string})|\\b(${WORDS[language]})\\b|(${number})`,
    'gm',
  )
  const parts: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    const [all, key, quoted, word] = match
    parts.push(text.slice(end, match.index))
    const kind = key !== undefined || word !== undefined ? 'k' : quoted === undefined ? 'n' : 's'
    parts.push(
      <span key={match.index} className={`tok-${kind}`}>
        {all}
      </span>,
    )
    end = match.index + all.length
  }
  return [...parts, text.slice(end)]
}
