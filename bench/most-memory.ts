import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Runs a program of `dist` to its end. @returns The most memory that it had, in MB. */
export async function mostMemory(
  words: readonly string[],
  env: Record<string, string>,
  cwd = '.',
): Promise<number> {
  const child = spawn(process.execPath, words, {
    cwd,
    env: { NODE_ENV: 'production', PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let most = 0
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024)
    } catch {
      // It has ended.
    }
  }, 50)
  const code = await exited
  clearInterval(watch)
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`)
  return Math.round(most)
}
