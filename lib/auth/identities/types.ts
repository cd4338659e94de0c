import type { SecretBox } from '../totp/secret-box.ts'
import type { AuthDeps } from '../types.ts'
import type { Linking, Provider } from './provider.ts'
import type { ProviderMemory } from './provider-memory.ts'

/** What the use cases of providers need from outside. */
export interface ProviderDeps extends AuthDeps {
  providers: readonly Provider[]
  linking: Linking
  /** The public origin, which providers send browsers back to. */
  origin: string
  ask: typeof fetch
  providerMemory: ProviderMemory
  flowBox: SecretBox
  flowCookie: FlowCookie
  /** 256 random bits, base64url. */
  randomToken: () => string
  /** SHA-256, base64url. */
  tokenHash: (text: string) => Promise<string>
  /** A keyed hash, so that the mark of a network names none. */
  accountKey: (account: string) => Promise<string>
}

/** The cookie that a browser keeps while it is at the provider. */
export interface FlowCookie {
  /** @param header The request's `Cookie` field. */
  read(header: string | null): string | undefined
  /** The `Set-Cookie` value that keeps a text. */
  write(sealed: string): string
  /** The `Set-Cookie` value that removes it. */
  clear(): string
}
