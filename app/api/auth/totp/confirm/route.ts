import { after } from 'next/dist/server/after/index.js'
import { confirmTotp } from '@/lib/auth/totp/confirm-totp.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(confirmTotp, accountDeps, after)
