import type { LiveAccess } from '../auth/sessions/liveness.ts'
import { doorOf } from '../contract/access-of.ts'
import type { CollectionCall } from '../items/types.ts'
import { log } from '../log.ts'
import { quotaExceeded } from '../rate-limit/headers.ts'
import type { StrictNamesBy } from '../rate-limit/policies.ts'
import type { Partition } from '../rate-limit/types.ts'
import { problemDocument } from './problem.ts'
import type { RequestQuotas } from './quotas.ts'

/** What the call of a collection's operation has besides that of any other. */
export type CollectionPart = Pick<
  CollectionCall<unknown>,
  | 'conditions'
  | 'isProven'
  | 'level'
  | 'log'
  | 'readAsCaller'
  | 'may'
  | 'countMore'
  | 'documentOf'
  | 'recall'
>

/** What an endpoint knows of a request. */
export interface CallParts {
  headers: Headers
  access: LiveAccess
  signed: boolean
  quotas: RequestQuotas
  /** The quota that the operation counts, and by what. */
  counted: StrictNamesBy<'subject'> | undefined
  changes: Partition
  where: { instance: string; requestId: string }
}

/** Makes that part of a call. The endpoints of other operations do not carry it. */
export function collectionPart(parts: CallParts): CollectionPart {
  const { headers, access, signed, quotas, counted, changes, where } = parts
  return {
    conditions: {
      ifMatch: headers.get('if-match'),
      ifNoneMatch: headers.get('if-none-match'),
      idempotencyKey: headers.get('idempotency-key'),
    },
    isProven: () => signed || access.keyOwner !== undefined,
    level: () => access.level,
    log,
    readAsCaller: (read) => access.readAsCaller(read),
    may: (action, { name, access: who }) =>
      access.may({ collection: name, action }, doorOf(who[action])),
    countMore: async (many) => {
      if (counted === undefined) return undefined
      const decision = await quotas.countQuietly(counted, changes, many)
      // The answer says what is left now.
      const before = quotas.decisions.findIndex(({ policy }) => policy === counted)
      if (before >= 0) quotas.decisions.splice(before, 1)
      quotas.show(decision)
      return decision.allowed ? undefined : quotaExceeded([decision])
    },
    documentOf: (failure) => problemDocument(failure.code, where, failure),
    recall: (seconds) => access.recall(seconds),
  }
}
