import { appendFileSync, createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Keeps all that is printed from now on in a file, and off the screen: that is for what a person has
 * to know. The file is named when the process ends meanwhile.
 *
 * @returns Gives the screen back.
 */
export function holdScreen(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  const streams = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write,
  }))
  for (const { stream } of streams) {
    stream.write = (chunk: string | Uint8Array): boolean => {
      appendFileSync(file, chunk)
      return true
    }
  }
  const release = (): void => {
    process.off('exit', nameFile)
    for (const { stream, write } of streams) stream.write = write
  }
  const nameFile = (): void => {
    release()
    console.error(`Usher did not start; what was said before: ${file}`)
  }
  process.on('exit', nameFile)
  return release
}

/**
 * Keeps what is logged from now on in a file, as it is. A terminal shows it in a form that a person
 * reads, a pipe as it is.
 */
export function keepLog(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const kept = createWriteStream(file, { mode: 0o600 })
  const show = console.log
  const form = process.stdout.isTTY ? readable : (line: string): string => line
  console.log = (...words: unknown[]) => {
    if (words.length !== 1 || typeof words[0] !== 'string') return show(...words)
    kept.write(`${words[0]}\n`)
    show(form(words[0]))
  }
}

/** A line of the log for a person: `12:01:02 200 GET /api/stars/{id} 3 ms user u_… 1 trip`. */
export function readable(line: string): string {
  const entry = entryOf(line)
  if (entry === undefined) return line
  const { time, level, event, ...fields } = entry
  const clock = new Date(time).toTimeString().slice(0, 8)
  if (event !== 'request') {
    const named = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
    return [clock, level, event, ...named].join(' ')
  }
  const { status, operation = 'no operation', ms, user, key, trips, code } = fields
  const caller = [user === undefined ? [] : `user ${user}`, key === undefined ? [] : `key ${key}`]
  const waited = `${trips} ${trips === 1 ? 'trip' : 'trips'}`
  return [clock, status, operation, `${ms} ms`, ...caller.flat(), waited, code ?? []]
    .flat()
    .join(' ')
}

interface Entry {
  time: string
  level: string
  event: string
  [field: string]: unknown
}

/** Undefined for what is no line of the log: a mail, what a library says. */
function entryOf(line: string): Entry | undefined {
  if (!line.startsWith('{"time":"')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
