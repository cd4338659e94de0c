export { POST } from '@/app/api/auth/generatepassword/route.ts'

export const runtime = 'edge'
