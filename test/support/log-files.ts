import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { FullConfig, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter'

const FOLDER = join('test-results', 'logs', 'tests')

const MESSAGE_LINES = 20

/**
 * Keeps what tests print in a file for each spec and project. At the end, where it is not lost among
 * a thousand lines, it says why tests failed and where their logs are.
 */
export default class LogFiles implements Reporter {
  readonly #written = new Set<string>()
  readonly #failed = new Set<string>()
  readonly #reasons: string[] = []
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

  onTestEnd(test: TestCase, { status, errors }: TestResult): void {
    if (status === test.expectedStatus) return
    this.#failed.add(this.#fileOf(test))
    const messages = errors.map(({ message, value }) => {
      const lines = stripVTControlCharacters(message ?? value ?? '').split('\n')
      return lines.slice(0, MESSAGE_LINES).join('\n')
    })
    this.#reasons.push([test.titlePath().slice(1).join(' › '), ...messages].join('\n'))
  }

  onEnd(): void {
    for (const reason of this.#reasons) console.log(`\n${reason}`)
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
