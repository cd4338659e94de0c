import { after } from 'next/dist/server/after/index.js'
import { deleteUserCase } from '@/lib/auth/accounts/user-records.ts'
import { changeUserCase, readUserCase } from '@/lib/auth/accounts/users.ts'
import { contract } from '@/lib/contract/operations.ts'
import { deps } from '@/lib/deps/base.ts'
import { endpoint } from '@/lib/http/endpoint.ts'

export const runtime = 'edge'
export const GET = endpoint(contract.readUser, readUserCase, deps, after)
export const PATCH = endpoint(contract.changeUser, changeUserCase, deps, after)
export const DELETE = endpoint(contract.deleteUser, deleteUserCase, deps, after)
