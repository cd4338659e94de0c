export { GET } from '@/app/api/[collection]/[id]/route.ts'

export const runtime = 'edge'
