import { accountPage } from '@/lib/http/pages/account-page.ts'
import { env } from '@/lib/settings/settings.ts'

export const runtime = 'edge'

/** Where the links of mails lead. */
export function GET(request: Request): Response {
  // The middleware hands over the policy of this answer, whose nonce lets the script run.
  const policy = request.headers.get('content-security-policy') ?? ''
  const nonce = /'nonce-([\w-]+)'/.exec(policy)?.[1] ?? ''
  const html = accountPage(new URL(request.url).pathname, nonce, env().passwordRules.minLength)
  return html === undefined
    ? new Response('There is no page here.\n', {
        status: 404,
        headers: { 'Cache-Control': 'no-store' },
      })
    : new Response(html, {
        headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
      })
}
