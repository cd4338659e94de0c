'use client'
import { type ReactNode, useEffect } from 'react'
import { type Fault, faultOf, useAct } from '@/app/parts/api.ts'
import { ActButton } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import type { WaysShown } from '@/app/parts/viewer.ts'
import { UsherProblem } from '@/lib/client/answers.ts'
import { signIn } from '@/lib/react.tsx'

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
    void import('@simplewebauthn/browser').then(async ({ browserSupportsWebAuthnAutofill }) => {
      if (await browserSupportsWebAuthnAutofill()) {
        await signIn('passkey', { returnTo, autofill: true }).catch((error) => {
          // Refused is what a person chose; what keeps the offer from being made concerns nobody.
          if (error instanceof UsherProblem && error.code === 'invalid-credentials') {
            onFault(faultOf(error))
          }
        })
      }
    })
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
          onFault(faultOf(error))
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
