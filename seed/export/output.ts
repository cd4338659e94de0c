import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { Refused } from '../command.ts'

/** Where lines go. */
export interface Output {
  /**
   * Resolves when it may be given more.
   *
   * @param last The id of the last item in it.
   * @returns False when nobody reads any more.
   */
  write(text: string, last: string | undefined): Promise<boolean>
  /** All was written. */
  end(): void
}

const STDOUT = 1

/** What npm says before it runs a script, where it may say nothing: in the file that its output goes to. */
const SAID_BY_NPM = /(?:^|\n)> [^\n]*export\n(?:> [^\n]*\n)+\n$/

/** Standard output. A file gets the lines alone, a pipe also what npm says. */
export function standardOutput(): Output {
  const isFile = fstatSync(STDOUT).isFile()
  let at = isFile ? endWithoutNpm() : undefined
  let isOpen = true
  process.stdout.on('error', () => {
    isOpen = false
  })
  return {
    write: async (text) => {
      if (at !== undefined) {
        at += writeAll(STDOUT, text, at)
        return true
      }
      // Where nobody reads any more, the error is told above.
      if (isOpen) await new Promise<void>((written) => process.stdout.write(text, () => written()))
      return isOpen
    },
    end: () => undefined,
  }
}

/**
 * Takes the lines of npm out of the file that standard output is.
 *
 * @returns Where it ends then; undefined where the system does not let a process read its own output.
 */
function endWithoutNpm(): number | undefined {
  const { size } = fstatSync(STDOUT)
  if (process.env['npm_lifecycle_event'] !== 'export') return undefined
  try {
    const file = openSync('/dev/stdout', 'r')
    const bytes = Buffer.alloc(Math.min(size, 8_192))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    closeSync(file)
    const said = SAID_BY_NPM.exec(bytes.toString('latin1'))?.[0] ?? ''
    ftruncateSync(STDOUT, size - said.length)
    return size - said.length
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

/** How far a file is written: so many bytes, and behind which id it goes on. */
interface Mark {
  bytes: number
  last: string
}

/** A file that has another name until it is whole. */
export class FileOutput implements Output {
  readonly #path: string
  readonly #part: string
  readonly #marks: string
  readonly #file: number
  #bytes = 0
  /** The last id that an earlier command has written. */
  readonly after: string | undefined

  /** @throws Refused when there is one. */
  constructor(path: string) {
    if (existsSync(path)) {
      throw new Refused(
        `${path} is there: it is left as it is. Name another file, or take it away.`,
      )
    }
    this.#path = path
    this.#part = `${path}.part`
    this.#marks = `${path}.part.json`
    const mark = markIn(this.#marks)
    this.#file = openSync(this.#part, mark === undefined ? 'w' : 'r+')
    if (mark === undefined || fstatSync(this.#file).size < mark.bytes) {
      ftruncateSync(this.#file, 0)
      return
    }
    // What is behind may be half of a line.
    ftruncateSync(this.#file, mark.bytes)
    this.#bytes = mark.bytes
    this.after = mark.last
  }

  async write(text: string, last: string | undefined): Promise<boolean> {
    this.#bytes += writeAll(this.#file, text, this.#bytes)
    if (last === undefined) return true
    const mark: Mark = { bytes: this.#bytes, last }
    writeFileSync(`${this.#marks}.new`, JSON.stringify(mark))
    renameSync(`${this.#marks}.new`, this.#marks)
    return true
  }

  end(): void {
    closeSync(this.#file)
    renameSync(this.#part, this.#path)
    rmSync(this.#marks, { force: true })
  }
}

function markIn(file: string): Mark | undefined {
  if (!existsSync(file)) return undefined
  const mark: Partial<Mark> = JSON.parse(readFileSync(file, 'utf8'))
  const { bytes, last } = mark
  return bytes === undefined || last === undefined ? undefined : { bytes, last }
}

/** @returns How many bytes. */
function writeAll(file: number, text: string, at: number): number {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, at + done)
  }
  return bytes.length
}
