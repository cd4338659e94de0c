import { after } from 'next/dist/server/after/index.js'
import { confirmTotp } from '@/lib/auth/totp/confirm-totp.ts'
import { countedAccountDeps } from '@/lib/deps/counted-account.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const POST = endpoint(confirmTotp, countedAccountDeps, after)
