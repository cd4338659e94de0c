/** A fault to plant: texts for others in one file, and the tests that must turn red. */
export interface Mutant {
  name: string
  file: SourceFile
  edits: readonly (readonly [from: string, to: string])[]
  tests: readonly TestFile[]
}

type SourceFile = `${'lib' | 'local' | 'seed'}/${string}.ts`

/** What runs for a planted fault. */
export const PROJECTS: readonly string[] = ['unit', 'integration', 'serve']

/** A test of one of {@link PROJECTS}: no others run. */
export type TestFile = `${'lib' | 'local' | 'seed'}/${string}.test.ts` | `e2e/${string}.spec.ts`

/** A fault of one edit. */
export function mutant(
  name: string,
  file: SourceFile,
  from: string,
  to: string,
  ...tests: TestFile[]
): Mutant {
  return { name, file, edits: [[from, to]], tests }
}

/**
 * Plants a fault in the text of its file.
 *
 * @throws Error Where a text that is to be replaced is not there once: the source has moved on.
 */
export function plant(source: string, { name, file, edits }: Mutant): string {
  return edits.reduce((text, [from, to]) => {
    const found = text.split(from).length - 1
    if (found !== 1) {
      throw new Error(
        `${name}: ${file} has this ${found} times, and it must be there once:\n${from}`,
      )
    }
    return text.replace(from, () => to)
  }, source)
}
