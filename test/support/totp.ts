import { TOTP, URI } from 'otpauth'
import type { InProcess } from './in-process.ts'

/** An account with TOTP, as its owner has it. */
export interface WithTotp {
  /** Of its newest session. */
  JWT: string
  accountId: string
  secret: string
  recoveryCodes: string[]
  /** The code of now; `ahead` is steps from now. */
  code(ahead?: number): string
  /** Lets the store forget which step was used last: the next code need not be waited for. */
  rewind(): Promise<void>
}

/** Signs in with the password `password`, turns TOTP on, and forgets that a code was used for it. */
export async function withTotp(api: InProcess, user: string): Promise<WithTotp> {
  const signedIn = await api.send('signIn', { body: { user, password: 'password' } })
  const { JWT } = await signedIn.json()
  const headers = { Authorization: `Bearer ${JWT}` }
  const started = await api.send('startTotp', { body: { current: 'password' } }, headers)
  const { secret, uri } = await started.json()
  const app = URI.parse(uri)
  if (!(app instanceof TOTP)) throw new TypeError('the address is of no TOTP')
  const code = (ahead = 0): string => app.generate({ timestamp: Date.now() + ahead * 30_000 })
  const confirmed = await api.send('confirmTotp', { body: { code: code() } }, headers)
  const text = await confirmed.text()
  if (confirmed.status !== 200) throw new Error(`confirming answered ${confirmed.status}: ${text}`)
  const accountId = String(await api.command('HGET', `user:${user}`, 'id'))
  const rewind = async (): Promise<void> => {
    await api.command('HSET', `totp:${accountId}`, 'step', '0')
  }
  await rewind()
  return { JWT, accountId, secret, recoveryCodes: JSON.parse(text).recoveryCodes, code, rewind }
}
