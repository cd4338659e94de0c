import { notFound } from 'next/navigation'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { TokenForm } from './token-form.tsx'

/** Where the links of mails lead: a button, so that nothing happens by opening the page alone. */
export default async function Account({
  params,
}: {
  params: Promise<{ action: string }>
}): Promise<ReactNode> {
  // Rendered per request, so that Next's scripts carry the nonce of this answer's policy.
  await connection()
  const { action } = await params
  if (action !== 'verify' && action !== 'reset') notFound()
  return (
    <main>
      <h1>{action === 'verify' ? 'Confirm your address' : 'Choose a new password'}</h1>
      <TokenForm action={action} />
    </main>
  )
}
