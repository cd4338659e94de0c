import { StoreUnavailable } from '../lib/contract/problems.ts'
import { Overtaken } from './import.ts'
import { HealerBusy } from './indexes.ts'
import { Misuse } from './words.ts'

const AGAIN = 'What was written stays; the same command finishes the job.'

/** What a command did not do; the message is for a person, and says what to do. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Says on Ctrl+C that the command can be run again, and ends. */
export function sayWhenStopped(words = AGAIN): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      console.error(`\nStopped. ${words}`)
      process.exit(code)
    })
  }
}

/**
 * Runs a command to its end, and tells what went wrong in a sentence.
 *
 * @param main Gives the exit code.
 * @param help Is shown behind what words were not understood; then it ends with 2.
 */
export function runCommand(main: (args: string[]) => Promise<number>, help: string): void {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code
    },
    (error: unknown) => {
      if (error instanceof Misuse) {
        console.error(`${error.message}\n\n${help}`)
        process.exit(2)
      }
      console.error(error instanceof Refused ? error.message : sentenceOf(error))
      process.exit(1)
    },
  )
}

/** What an operator is told of an error; the Upstash client's messages hold commands and values. */
function sentenceOf(error: unknown): string {
  if (error instanceof StoreUnavailable) {
    return `The store failed: ${error.message}. What was written stays; once it answers again, the same command finishes the job.`
  }
  if (error instanceof Overtaken || error instanceof HealerBusy) return `${error.message}.`
  if (!(error instanceof Error) || error.name === 'UpstashError') return 'The store refused.'
  return `It failed: ${error.name}: ${error.message}`
}
