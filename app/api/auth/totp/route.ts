import { after } from 'next/dist/server/after/index.js'
import { disableTotp } from '@/lib/auth/totp/disable-totp.ts'
import { startTotp } from '@/lib/auth/totp/start-totp.ts'
import { accountDeps } from '@/lib/deps/account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(startTotp, accountDeps, after)
export const DELETE = endpoint(disableTotp, accountDeps, after)
