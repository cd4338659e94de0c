import { issue, isWithinLimit, readRefresh, redis, sha256 } from '../../../api.js'

export default async function handler(request, response) {
  const { refresh } = request.body
  const claims = readRefresh(refresh)
  if (claims === undefined) {
    response.status(401).json({ error: 'unauthorized' })
    return
  }
  const { sub, sid, level } = claims
  if (!(await isWithinLimit(sid, response))) return
  if ((await redis.get(`peer:refresh:${sid}`)) !== sha256(refresh)) {
    response.status(401).json({ error: 'unauthorized' })
    return
  }
  response.json(await issue({ sub, sid, level }))
}
