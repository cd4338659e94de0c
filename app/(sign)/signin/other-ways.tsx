'use client'
import { type ReactNode, useEffect } from 'react'
import { type Fault, faultOf, useAct, useAnswer } from '@/app/parts/api.ts'
import { ActButton } from '@/app/parts/fields.tsx'
import { Icon } from '@/app/parts/icons.tsx'
import { signIn } from '@/lib/react.tsx'

interface Ways {
  data: { id: string; name: string }[]
  password: boolean
  passkeys: boolean
}

/** Passkeys and providers, as far as this API has them. */
export function OtherWays({
  returnTo,
  onFault,
}: {
  returnTo: string
  onFault: (fault: Fault | undefined) => void
}): ReactNode {
  const [ways] = useAnswer<Ways>('/api/auth/providers')
  const { busy, run } = useAct()
  const hasPasskeys = ways.value?.passkeys === true

  useEffect(() => {
    if (!hasPasskeys) return
    // Offers passkeys in the field of the address; what a person does not choose is no fault.
    void import('@simplewebauthn/browser').then(async ({ browserSupportsWebAuthnAutofill }) => {
      if (await browserSupportsWebAuthnAutofill()) {
        await signIn('passkey', { returnTo, autofill: true }).catch(() => undefined)
      }
    })
  }, [hasPasskeys, returnTo])

  const { data = [] } = ways.value ?? {}
  if (!hasPasskeys && data.length === 0) return null
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
        {hasPasskeys && (
          <ActButton busy={busy} onClick={withPasskey}>
            <Icon name="passkey" />
            Sign in with a passkey
          </ActButton>
        )}
        {data.map(({ id, name }) => (
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
