/** The registry's lines, and what begins another file. */
const LINE = /^export \{ (\w+) \} from '\.\/(.+)\.ts'$/

/** Adds a collection's line to the text of the registry, in the order of the names; once. */
export function withCollection(registry: string, name: string): string {
  const line = `export { ${name} } from './${name}.ts'`
  // The registry of a clone of somebody's own begins empty.
  const lines = registry
    .trimEnd()
    .split('\n')
    .filter((each) => each !== 'export {}')
  if (lines.includes(line)) return registry
  const behind = lines.findIndex((each) => {
    const [, other] = LINE.exec(each) ?? []
    return other !== undefined && other.localeCompare(name, 'en') > 0
  })
  lines.splice(behind === -1 ? lines.length : behind, 0, line)
  return `${lines.join('\n')}\n`
}
