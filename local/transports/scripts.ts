import { createHash } from 'node:crypto'
import type { Reply } from '../../lib/store/client/transport.ts'
import type { Carry, Command } from './carrier.ts'

interface Script {
  /** As this server takes it. */
  text: string
  sha: string
  /** Whether this server has run it. */
  isLoaded: boolean
}

/**
 * Sends scripts by their SHA once the server knows them, and whole when it does not: at first, and
 * after it forgot them. `NOSCRIPT` says that nothing was executed, so that a script runs exactly once.
 *
 * @param spell How this server wants a script to be written.
 */
export function bySha(carry: Carry, spell: (script: string) => string = (script) => script): Carry {
  const byText = new Map<string, Script>()
  const bySha1 = new Map<string, Script>()

  const known = (text: string): Script => {
    const found = byText.get(text)
    if (found !== undefined) return found
    const spelled = spell(text)
    const script = { text: spelled, sha: sha1(spelled), isLoaded: false }
    byText.set(text, script)
    // Who sends SHAs itself knows the SHA of what it wrote.
    bySha1.set(sha1(text), script)
    return script
  }
  const scriptOf = ([name, script]: Command): Script | undefined => {
    if (name === 'EVAL' || name === 'EVAL_RO') return known(String(script))
    return name === 'EVALSHA' || name === 'EVALSHA_RO' ? bySha1.get(String(script)) : undefined
  }

  return async (commands, purpose, sight) => {
    const scripts = commands.map(scriptOf)
    const replies = await carry(
      commands.map((command, index) => spelled(command, scripts[index])),
      purpose,
      sight,
    )
    const forgotten = new Map<number, Script>()
    for (const [index, script] of scripts.entries()) {
      if (script === undefined) continue
      const { error } = replies[index] ?? {}
      if (error === undefined) script.isLoaded = true
      else if (error.startsWith('NOSCRIPT')) forgotten.set(index, script)
    }
    if (forgotten.size === 0) return replies
    const whole = [...forgotten].map(([index, script]) => {
      script.isLoaded = false
      return spelled(commands[index] ?? [], script)
    })
    const repeated = await carry(whole, purpose, sight)
    const found: Reply[] = [...replies]
    for (const [at, index] of [...forgotten.keys()].entries()) found[index] = repeated[at] ?? {}
    for (const [at, script] of [...forgotten.values()].entries()) {
      if (repeated[at]?.error === undefined) script.isLoaded = true
    }
    return found
  }
}

function spelled(command: Command, script: Script | undefined): Command {
  if (script === undefined) return command
  const [name, , ...rest] = command
  const ending = String(name).endsWith('_RO') ? '_RO' : ''
  return script.isLoaded
    ? [`EVALSHA${ending}`, script.sha, ...rest]
    : [`EVAL${ending}`, script.text, ...rest]
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}
