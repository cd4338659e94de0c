import { passkeysPossible } from '../auth/passkeys/possible.ts'
import type { Operation } from '../contract/operations.ts'
import { type Failure, fail } from '../contract/problems.ts'

/** Why an operation is not there in this deployment; undefined where it is. */
export function absence(
  { passkeys }: Operation,
  { origin }: { origin: string },
): Failure<'not-found'> | undefined {
  return passkeys === true && !passkeysPossible(origin)
    ? fail('not-found', 'no passkeys at an IP address')
    : undefined
}
