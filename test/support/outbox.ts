import { createServer } from 'node:http'
import type { Mail } from '../../lib/mail.ts'

/** A mail service that keeps what it is sent. */
export interface Outbox {
  url: string
  /** Everything taken, in order. */
  mails: (Mail & { from: string })[]
  /** Headers of every attempt, taken or not. */
  attempts: Record<string, unknown>[]
  /** What the next attempts are answered with; 200 when there is none left. */
  answers: number[]
  /** Waits for the newest mail to an address that was not asked for yet; mails overtake. */
  next(to: string, subject?: string): Promise<Mail>
  close(): Promise<void>
}

export const MAIL_KEY = 'the-key-of-the-mail-service'

/** How the environment names it. */
export function mailVariables({ url }: Pick<Outbox, 'url'>): Record<string, string> {
  return {
    MAIL_API_URL: url,
    MAIL_API_KEY: MAIL_KEY,
    MAIL_FROM: 'Usher <usher@example.com>',
  }
}

export async function startOutbox(): Promise<Outbox> {
  const mails: Outbox['mails'] = []
  const attempts: Outbox['attempts'] = []
  const answers: number[] = []
  const asked = new Set<Mail>()
  let arrived: (() => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      attempts.push(request.headers)
      const status =
        request.headers.authorization === `Bearer ${MAIL_KEY}` ? (answers.shift() ?? 200) : 401
      if (status === 200) mails.push(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}')
      for (const wake of arrived) wake()
      arrived = []
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return {
    url: `http://127.0.0.1:${address.port}/emails`,
    mails,
    attempts,
    answers,
    next: async (to, subject) => {
      for (;;) {
        const mail = mails.findLast(
          (candidate) =>
            candidate.to === to &&
            !asked.has(candidate) &&
            (subject === undefined || candidate.subject === subject),
        )
        if (mail !== undefined) {
          asked.add(mail)
          return mail
        }
        await new Promise<void>((resolve) => arrived.push(resolve))
      }
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The one-time token of a mail's link. */
export function tokenOf(mail: Mail): string {
  return /#token=([\w-]+)/.exec(mail.text)?.[1] ?? ''
}
