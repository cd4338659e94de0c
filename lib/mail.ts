import type { Log } from './log.ts'
import type { Trace } from './trace.ts'

export interface Mail {
  to: string
  subject: string
  text: string
  html: string
}

/** Sends mail. The promise is for the background: it resolves when the mail is sent or given up. */
export interface Mailer {
  /** Whether there is a service that takes mail. */
  isConfigured: boolean
  send(mail: Mail, trace?: Trace): Promise<void>
}

/** A service with Resend's HTTP API; `url` is the whole endpoint. */
export interface MailService {
  url: string
  key: string
  from: string
}

export interface MailerOptions {
  fetch: typeof fetch
  sleep: (milliseconds: number) => Promise<void>
  /** From 0 to 1. */
  random: () => number
  randomId: () => string
  log: Log
}

const PATIENCE_MS = 10_000
const LEAST_DELAY_MS = 100
const MORE_DELAY_MS = 400
const PAUSES_MS = [1_000, 5_000]

/**
 * Makes the mailer. A mail that the service does not take is tried three times under one
 * idempotency key; what happened is logged, without address or text.
 *
 * @param service Undefined where no mail is configured: every mail is then an error in the log.
 *
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export function createMailer(service: MailService | undefined, options: MailerOptions): Mailer {
  const { sleep, random, randomId, log } = options
  if (service === undefined) {
    const consequence = 'a mail was not sent: set MAIL_API_URL, MAIL_API_KEY and MAIL_FROM'
    return {
      isConfigured: false,
      send: async () => log('error', 'mail.not-configured', { consequence }),
    }
  }
  return {
    isConfigured: true,
    send: async (mail, trace) => {
      const mailId = randomId()
      // Sending must not change the time of the answer, which would tell whether there is an account.
      await sleep(LEAST_DELAY_MS + random() * MORE_DELAY_MS)
      for (const pause of [...PAUSES_MS, undefined]) {
        const outcome = await attempt(service, mail, { mailId, trace }, options.fetch)
        if (outcome === 'sent') return log('info', 'mail.sent', { mailId })
        const again = outcome.retry && pause !== undefined
        log(again ? 'warn' : 'error', again ? 'mail.delayed' : 'mail.lost', {
          mailId,
          reason: outcome.reason,
        })
        if (!again) return
        await sleep(pause)
      }
    },
  }
}

async function attempt(
  { url, key, from }: MailService,
  { to, subject, text, html }: Mail,
  { mailId, trace }: { mailId: string; trace: Trace | undefined },
  send: typeof fetch,
): Promise<'sent' | { retry: boolean; reason: string }> {
  try {
    const response = await send(url, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': mailId,
        ...(trace === undefined ? {} : { traceparent: trace.traceparent }),
      },
      body: JSON.stringify({ from, to, subject, text, html }),
      redirect: 'manual',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await response.body?.cancel()
    if (response.ok) return 'sent'
    const retry = response.status === 429 || response.status >= 500
    return { retry, reason: `status ${response.status}` }
  } catch (error) {
    return { retry: true, reason: error instanceof Error ? error.name : 'unknown' }
  }
}
