import { llmsText } from '@/lib/http/pages/llms.ts'
import { pageEnv } from '@/lib/settings/settings.ts'

export const runtime = 'edge'

/** What an agent should know, in one text. */
export function GET(): Response {
  return new Response(llmsText(pageEnv()), {
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache' },
  })
}
