export { POST } from '@/app/api/auth/signin/route.ts'

export const runtime = 'edge'
