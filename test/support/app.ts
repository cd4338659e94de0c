import type { Mail } from '../../lib/mail.ts'
import { POLICIES } from '../../lib/rate-limit/policies.ts'
import type { Limits } from './environment.ts'
import { type InProcess, NO_DUMMY_PASSWORDS, startInProcess } from './in-process.ts'

export { ORIGIN } from './in-process.ts'
export const PASSWORD = 'a long enough one'

/** The whole API in this process, on a store of its own; what it logs is dropped. */
export interface AppRig extends Pick<InProcess, 'ask' | 'command'> {
  /** Makes an account, or makes it anew. @returns An access token of it. */
  enter(user: string, level: number): Promise<string>
  /** The mails that went out, newest last. */
  mails: Mail[]
  /** Waits for what goes on behind the answers. */
  settle(): Promise<void>
  close(): Promise<void>
}

/**
 * @param limit Of every quota, in requests a day.
 * @param own Of some quotas, instead.
 * @param environment Other settings.
 */
export async function startApp(
  limit = 1_000_000,
  own: Limits = {},
  environment: Record<string, string> = {},
): Promise<AppRig> {
  const mails: Mail[] = []
  const limits = Object.fromEntries(Object.keys(POLICIES).map((policy) => [policy, limit]))
  const api = await startInProcess({
    host: 'in-process',
    transport: 'direct',
    limits: { ...limits, ...own },
    env: environment,
    deps: {
      passwords: NO_DUMMY_PASSWORDS,
      mailer: { isConfigured: true, send: async (mail) => void mails.push(mail) },
    },
  })
  return {
    ask: api.ask,
    command: api.command,
    mails,
    settle: api.settled,
    enter: async (user, level) => {
      await api.account(user, level, PASSWORD)
      const answer = await api.send('signIn', { body: { user, password: PASSWORD } })
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`signin answered ${answer.status}: ${text}`)
      return JSON.parse(text).JWT
    },
    close: api.stop,
  }
}
