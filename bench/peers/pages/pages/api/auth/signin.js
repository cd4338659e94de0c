import { randomUUID } from 'node:crypto'
import { compare } from 'bcryptjs'
import { issue, isWithinLimit, redis } from '../../../api.js'

export default async function handler(request, response) {
  if (!(await isWithinLimit('signin', response))) return
  const { user, password } = request.body
  const account = await redis.hgetall(`user:${user}`)
  if (!account || !(await compare(password, account.password))) {
    response.status(401).json({ error: 'wrong credentials' })
    return
  }
  response.json(await issue({ sub: user, sid: randomUUID(), level: account.level }))
}
