import type { Credential } from './reference.ts'

/** A call as its examples show it. */
export interface SampleCall {
  method: string
  /** With origin and query. */
  url: string
  credential: Credential
  /** Sent as JSON; undefined for none. */
  body?: unknown
  /** Whether JSON comes back. */
  answers: boolean
}

export const LANGUAGES = ['curl', 'JavaScript', 'Python'] as const
export type Language = (typeof LANGUAGES)[number]

/** A call as a text that runs, once the credential is in its place. */
export function sample(language: Language, call: SampleCall): string {
  return { curl, JavaScript: javascript, Python: python }[language](call)
}

function curl({ method, url, credential, body }: SampleCall): string {
  const header = { none: [], key: ['X-API-Key: $API_KEY'], token: ['Authorization: Bearer $JWT'] }
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${doubleQuoted(url)}`,
    ...header[credential].map((text) => `-H "${text}"`),
    ...(body === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d ${singleQuoted(JSON.stringify(body))}`]),
  ].join(' \\\n  ')
}

/** For a shell: what `"` would read in it is written so that it stays as it is. */
function doubleQuoted(text: string): string {
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function javascript({ method, url, credential, body, answers }: SampleCall): string {
  const headers = {
    none: [],
    key: ["'X-API-Key': apiKey"],
    token: [`Authorization: \`Bearer \${jwt}\``],
  }[credential]
  const type = body === undefined ? [] : ["'Content-Type': 'application/json'"]
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}',`]),
    ...(headers.length + type.length === 0
      ? []
      : [`headers: { ${[...headers, ...type].join(', ')} },`]),
    ...(body === undefined ? [] : [`body: JSON.stringify(${indented(body, 1)}),`]),
  ]
  const place = `'${url.replace(/[\\']/g, '\\$&')}'`
  const call = `fetch(${place}${options.length === 0 ? '' : `, {\n  ${options.join('\n  ')}\n}`})`
  return `const response = await ${call}${answers ? '\nconst answer = await response.json()' : ''}`
}

function python({ method, url, credential, body, answers }: SampleCall): string {
  const headers = {
    none: [],
    key: ['headers={"X-API-Key": api_key},'],
    token: ['headers={"Authorization": f"Bearer {jwt}"},'],
  }[credential]
  const lines = [
    `${JSON.stringify(url)},`,
    ...headers,
    ...(body === undefined ? [] : [`json=${pythonLiteral(body)},`]),
  ]
  return `import requests

answer = requests.${method.toLowerCase()}(
    ${lines.join('\n    ')}
)${answers ? '.json()' : ''}`
}

function indented(value: unknown, levels: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${'  '.repeat(levels)}`)
}

function pythonLiteral(value: unknown): string {
  const text = JSON.stringify(value, null, 4).replaceAll('\n', '\n    ')
  const words: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None' }
  // Strings first, so that a word within one stays.
  return text.replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, (part) => words[part] ?? part)
}
