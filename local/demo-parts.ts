import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Every file and folder of the demo, a line each; folders end with `/`. */
export const PARTS_FILE = join('demo', 'parts.txt')

/** Whether the demo is still there. */
export function hasDemo(): boolean {
  return existsSync(PARTS_FILE)
}

/** The lines of a list of parts. */
export function partsIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/** Takes the demo's files away, its folder last: a run that was stopped can be run again. */
export function removeDemo(): number {
  const parts = partsIn(readFileSync(PARTS_FILE, 'utf8'))
  for (const part of parts.filter((each) => each !== 'demo/')) {
    rmSync(part, { recursive: true, force: true })
  }
  rmSync('demo', { recursive: true, force: true })
  return parts.length
}

/**
 * Runs git.
 *
 * @returns What it printed; undefined when it failed.
 */
export function git(...words: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', words, { encoding: 'utf8', maxBuffer: 67_108_864 })
  return status === 0 ? stdout.trim() : undefined
}
