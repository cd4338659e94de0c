import { after } from 'next/dist/server/after/index.js'
import { freshenSignIn } from '@/lib/auth/sessions/freshen-sign-in.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(freshenSignIn, accountDeps, after)
