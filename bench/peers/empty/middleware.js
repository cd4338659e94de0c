import { NextResponse } from 'next/server'

export const config = { matcher: ['/((?!_next/).*)'] }

/** What any middleware of the framework costs. */
export function middleware() {
  return NextResponse.next()
}
