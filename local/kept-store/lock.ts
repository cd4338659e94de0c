import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Another process has the folder. */
export class FolderHeld extends Error {
  override readonly name = 'FolderHeld'
}

/** The start of a process where the system does not tell it. */
const UNKNOWN = 'unknown'
const BEAT_MS = 1_000
/** A holder that cannot be looked up is gone when it did not beat for so long. */
const SILENCE_MS = 5_000

/*
 * A claim is an empty file whose name says who claims: `lock-<machine>-<process>-<when it started>`.
 * Whoever wants the folder first makes its own claim and then looks for others, so that of two at the same
 * moment one sees the other at least. A name is never used twice: to remove the claim of a process that is
 * gone takes nothing from anybody. A number of a process that was given again has another start.
 */
interface Claim {
  name: string
  place: string
  pid: number
  start: string
}

/** The one process that may write into a folder. */
export class FolderLock {
  readonly #path: string
  readonly #beat: NodeJS.Timeout

  private constructor(path: string) {
    this.#path = path
    // For processes that cannot look this one up: in another container, on another machine.
    this.#beat = setInterval(() => touch(path), BEAT_MS)
    this.#beat.unref()
  }

  /**
   * Takes the folder.
   *
   * @throws FolderHeld with who has it.
   */
  static async take(folder: string): Promise<FolderLock> {
    const mine = claimOf(process.pid)
    const path = join(folder, mine.name)
    claim(path, mine, folder)
    try {
      for (const other of claimsIn(folder)) {
        if (other.name === mine.name) continue
        if (await isHeld(folder, other)) throw new FolderHeld(sentenceOf(folder, other, mine))
        rmSync(join(folder, other.name), { force: true })
      }
      return new FolderLock(path)
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    }
  }

  /** Whether nobody took this process for gone, for example after it was stopped for long. */
  get holds(): boolean {
    return existsSync(this.#path)
  }

  release(): void {
    clearInterval(this.#beat)
    rmSync(this.#path, { force: true })
  }
}

/** A claim that is there already is this very process's: nobody else has its name. */
function claim(path: string, mine: Claim, folder: string): void {
  try {
    closeSync(openSync(path, mine.start === UNKNOWN ? 'w' : 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new FolderHeld(sentenceOf(folder, mine, mine))
  }
}

function sentenceOf(folder: string, { place, pid, name }: Claim, mine: Claim): string {
  const where = place === mine.place ? '' : ' of another machine or container'
  return `The store in ${folder} is held by process ${pid}${where}: end it first, or set USHER_STORE_FOLDER to a folder for this one.
(Its claim is the file ${name} there.)`
}

function claimOf(pid: number): Claim {
  const place = placeHere()
  const start = startOf(pid) ?? UNKNOWN
  return { name: `lock-${place}-${pid}-${start}`, place, pid, start }
}

function claimsIn(folder: string): Claim[] {
  return readdirSync(folder).flatMap((name) => {
    const [, place = '', pid = '', start = ''] = /^lock-(\w+)-(\d+)-(\w+)$/.exec(name) ?? []
    return pid === '' ? [] : [{ name, place, pid: Number(pid), start }]
  })
}

async function isHeld(folder: string, { name, place, pid, start }: Claim): Promise<boolean> {
  if (place !== placeHere()) return beats(join(folder, name))
  if (!isAlive(pid)) return false
  const now = startOf(pid)
  return now === undefined || start === UNKNOWN || now === start
}

/** Whether the file is touched while this looks: clocks need not agree. */
async function beats(path: string): Promise<boolean> {
  const before = modifiedAt(path)
  for (let waited = 0; waited < SILENCE_MS; waited += 250) {
    const now = modifiedAt(path)
    if (now === undefined) return false
    if (now !== before) return true
    await sleep(250)
  }
  return false
}

function modifiedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

function touch(path: string): void {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // It was taken away: `holds` says so before the next write.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // Ended, and its parent has not asked how: it writes no more.
    return statOf(pid)[0] !== 'Z'
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Where a process number means one process: this machine since it started, and in it this container. */
function placeHere(): string {
  const parts = [hostname(), read('/proc/sys/kernel/random/boot_id'), pidSpace()]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

/** When a process started, in its system's own words; undefined where that cannot be known. */
export function startOf(pid: number): string | undefined {
  const start = statOf(pid)[19]
  if (start !== undefined) return start
  if (process.platform === 'win32' || process.platform === 'linux') return undefined
  try {
    const words = ['-o', 'lstart=', '-p', String(pid)]
    const said = execFileSync('ps', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return said.trim().replace(/\W+/g, '_')
  } catch {
    return undefined
  }
}

/** What Linux says of a process, its state first; empty elsewhere. */
function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`)
  // The name in parentheses may hold spaces; what follows it does not.
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
