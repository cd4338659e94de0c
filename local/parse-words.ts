import { type ParseArgsConfig, parseArgs } from 'node:util'

/** Reads the words of a command; undefined when it does not know them, which it has said then. */
export function parseWords<config extends ParseArgsConfig>(
  config: config,
  help: string,
): ReturnType<typeof parseArgs<config>> | undefined {
  try {
    return parseArgs(config)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`)
    return undefined
  }
}
