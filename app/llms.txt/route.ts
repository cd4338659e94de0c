import { llmsText } from '@/lib/http/pages/llms.ts'
import { env } from '@/lib/settings/settings.ts'

export const runtime = 'edge'

/** What an agent should know. */
export function GET(): Response {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
  return new Response(llmsText(env().origin), { headers })
}
