import { expect } from '@playwright/test'
import type { Answer } from './api.ts'
import type { Program } from './processes.ts'

/** The log line of a request, once the server has written it. */
export async function lineOf(
  server: Pick<Program, 'output'>,
  { headers }: Pick<Answer, 'headers'>,
): Promise<Record<string, unknown>> {
  const id = headers.get('x-request-id') ?? 'no id'
  const find = () =>
    server
      .output()
      .split('\n')
      .find((line) => line.includes(id))
  await expect.poll(find).toBeDefined()
  return JSON.parse(find() ?? '{}')
}
