'use client'
import { type ReactNode, useEffect } from 'react'
import { type Fault, faultOf, Told, useAct } from '@/app/parts/api.ts'
import { ActButton } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import type { WaysShown } from '@/app/parts/viewer.ts'
import { UnexpectedAnswer, UsherProblem } from '@/lib/client/answers.ts'
import { signIn } from '@/lib/react.tsx'

/** The challenge of an offer is good for five minutes: before that, another is made. */
const OFFER_AGAIN_MS = 270_000

/** Passkeys and providers, as far as this API has them. */
export function OtherWays({
  ways: { providers, passkeys },
  returnTo,
  onFault,
}: {
  ways: WaysShown
  returnTo: string
  onFault: (fault: Fault | undefined) => void
}): ReactNode {
  const { busy, run } = useAct()

  useEffect(() => {
    if (!passkeys) return
    // Offers passkeys in the field of the address.
    const offer = async () => {
      const { browserSupportsWebAuthnAutofill } = await import('@simplewebauthn/browser')
      if (!(await browserSupportsWebAuthnAutofill())) return
      await signIn('passkey', { returnTo, autofill: true }).catch((error) => {
        // Refused is what a person chose; what keeps the offer from being made concerns nobody.
        if (isWrong(error)) onFault(passkeyFault(error))
      })
    }
    void offer()
    const timer = setInterval(offer, OFFER_AGAIN_MS)
    return () => clearInterval(timer)
  }, [passkeys, returnTo, onFault])

  if (!passkeys && providers.length === 0) return null
  const withPasskey = () =>
    run(async () => {
      onFault(undefined)
      try {
        await signIn('passkey', { returnTo })
      } catch (error) {
        // Closing the browser's window is a choice, too.
        if (!(error instanceof Error && /^(NotAllowed|Abort)Error$/.test(error.name))) {
          onFault(passkeyFault(error))
        }
      }
    })
  return (
    <>
      <p className="divider">or</p>
      <div className="fields tight">
        {passkeys && (
          <ActButton busy={busy} onClick={withPasskey}>
            <Icon name="passkey" />
            Sign in with a passkey
          </ActButton>
        )}
        {providers.map(({ id, name }) => (
          <button
            key={id}
            className="button"
            type="button"
            onClick={() => signIn(id, { returnTo })}
          >
            {(id === 'github' || id === 'google') && <Icon name={id} />}
            Continue with {name}
          </button>
        ))}
      </div>
    </>
  )
}

function isWrong(error: unknown): boolean {
  return error instanceof UsherProblem && error.code === 'invalid-credentials'
}

/** What the browser has against it is no matter of the server, nor of a password. */
function passkeyFault(error: unknown): Fault {
  if (isWrong(error)) return faultOf(new Told('This passkey signs nobody in here'))
  const isOfCall = [UsherProblem, UnexpectedAnswer, TypeError].some((kind) => error instanceof kind)
  return faultOf(isOfCall ? error : new Told('This browser cannot use a passkey here'))
}
