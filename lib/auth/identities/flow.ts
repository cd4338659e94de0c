import type { ProviderDeps } from './types.ts'

/** How long a person may be at the provider, in milliseconds. */
export const FLOW_TTL_MS = 600_000

/**
 * A sign-in that is under way. All of it is in the browser, encrypted, and bound to one provider: an answer
 * that another provider or another browser got is worth nothing here.
 */
export interface Flow {
  /** The provider's id. */
  provider: string
  state: string
  nonce: string
  verifier: string
  /** A path of this origin. */
  returnTo: string
  /** When an identity is to be joined to an account: the session that asked for it. */
  session?: string | undefined
}

/** Its key has one purpose, and seals nothing else. */
const ABOUT = 'flow'

/** Encrypts a flow for the browser to keep. */
export function sealFlow(flow: Flow, { flowBox, now }: ProviderDeps): Promise<string> {
  const text = JSON.stringify({ ...flow, until: now() + FLOW_TTL_MS })
  return flowBox.seal(new TextEncoder().encode(text), ABOUT)
}

/** @returns Undefined where there is none, where it was made by somebody else, and where it is over. */
export async function openFlow(
  sealed: string | undefined,
  { flowBox, now }: ProviderDeps,
): Promise<Flow | undefined> {
  const opened = sealed === undefined ? undefined : await flowBox.open(sealed, ABOUT)
  if (opened === undefined) return undefined
  // Nobody else can have sealed it, and only what `sealFlow` takes.
  const kept: Flow & { until: number } = JSON.parse(new TextDecoder().decode(opened.secret))
  const { until, ...flow } = kept
  return now() < until ? flow : undefined
}
