export { GET } from '@/app/api/[collection]/route.ts'

export const runtime = 'edge'
