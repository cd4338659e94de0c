export const runtime = 'edge'
export const dynamic = 'force-dynamic'

/** What any edge route of the framework costs. */
export function GET() {
  return Response.json({ ok: true })
}
