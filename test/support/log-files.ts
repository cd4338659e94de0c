import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { FullConfig, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter'

const FOLDER = join('test-results', 'logs', 'tests')

/** Keeps what tests print in a file for each spec and project, and names those of tests that failed. */
export default class LogFiles implements Reporter {
  readonly #written = new Set<string>()
  readonly #failed = new Set<string>()
  #root = ''

  printsToStdio(): boolean {
    return false
  }

  onBegin(config: FullConfig, _suite: Suite): void {
    this.#root = config.rootDir
    rmSync(FOLDER, { recursive: true, force: true })
    mkdirSync(FOLDER, { recursive: true })
  }

  onStdOut(chunk: string | Buffer, test: TestCase | undefined): void {
    this.#keep(chunk, test)
  }

  onStdErr(chunk: string | Buffer, test: TestCase | undefined): void {
    this.#keep(chunk, test)
  }

  onTestEnd(test: TestCase, { status }: TestResult): void {
    if (status !== test.expectedStatus) this.#failed.add(this.#fileOf(test))
  }

  onEnd(): void {
    const files = [...this.#failed].filter((file) => this.#written.has(file))
    if (files.length > 0) console.log(`What the failed tests have logged:\n  ${files.join('\n  ')}`)
  }

  #keep(chunk: string | Buffer, test: TestCase | undefined): void {
    const file = this.#fileOf(test)
    this.#written.add(file)
    appendFileSync(file, chunk)
  }

  /** @param test Undefined for what is printed between tests. */
  #fileOf(test: TestCase | undefined): string {
    if (!test) return join(FOLDER, 'between-tests.log')
    const project = test.parent.project()?.name ?? ''
    const spec = relative(this.#root, test.location.file).replaceAll(/[\\/]/g, '-')
    return join(FOLDER, `${project}-${spec}.log`)
  }
}
