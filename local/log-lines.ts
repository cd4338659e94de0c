import { format } from 'node:util'

/**
 * Writes what is logged in one turn of the event loop at once: a line each costs as much as asking the
 * store. A process that ends, by itself or by an error that nobody caught, writes what it has; one that
 * is killed has lost the lines of its last turn.
 *
 * @param write Takes whole lines.
 */
export function gatherLog(
  write: (lines: string) => void = (lines) => void process.stdout.write(lines),
): void {
  let gathered = ''
  const flush = (): void => {
    const lines = gathered
    gathered = ''
    if (lines !== '') write(lines)
  }
  console.log = (...words: unknown[]) => {
    if (gathered === '') setImmediate(flush)
    const [line] = words
    gathered += `${words.length === 1 && typeof line === 'string' ? line : format(...words)}\n`
  }
  process.on('exit', flush)
}
