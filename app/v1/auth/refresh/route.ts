export { POST } from '@/app/api/auth/refresh/route.ts'

export const runtime = 'edge'
