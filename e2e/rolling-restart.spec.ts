import { expect, test } from '../test/support/fixtures.ts'
import { rollOn } from '../test/support/rolling.ts'

test('two servers on one Redis are restarted in turn under load: nothing is lost, nothing is done twice', async ({
  host,
}) => {
  test.setTimeout(300_000)
  const rolled = await rollOn(host, 1)
  expect(rolled.lost).toEqual([])
  expect(rolled.refused).toEqual([])
  expect(rolled.created.done).toBe(rolled.created.answered)
  expect(rolled.refreshed.done).toBe(rolled.refreshed.answered)
  expect(rolled.exitCodes).toEqual([0, 0, 0, 0])
  // What one process has counted it tells before it ends; the functions of Next keep theirs apart.
  if (host === 'serve') expect(rolled.counted).toBe(rolled.created.answered)
})
