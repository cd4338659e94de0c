import { problemPage } from '@/lib/http/pages/problem-page.ts'

export const runtime = 'edge'

/** The page that a problem's `type` points to. */
export function GET(request: Request): Response {
  const html = problemPage(new URL(request.url).pathname.split('/').at(-1) ?? '')
  return html === undefined
    ? new Response('There is no such problem.\n', {
        status: 404,
        headers: { 'Cache-Control': 'no-store' },
      })
    : new Response(html, { headers: { 'Content-Type': 'text/html; charset=utf-8' } })
}
