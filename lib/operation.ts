import type * as z from 'zod/mini'
import type { AuthCall, Principal } from './auth/types.ts'
import type { Collection } from './collections/define.ts'
import { contract, type Operation, type OperationId } from './contract/operations.ts'
import type { AccessCode, ProblemCode, Result } from './contract/problems.ts'
import type { Authentication } from './http/credentials/credential.ts'
import type { CollectionCall, CollectionDeps } from './items/types.ts'
import type { Sights, Store } from './store/client/store.ts'
import type { Trips } from './store/client/trips.ts'

/** What checks an operation's input: a schema; or the use case, which takes it as it was sent. */
export type InputCheck<input> = z.ZodMiniType<input> | 'as sent'

/** For a use case that judges by itself what was sent. */
export function asSent<input>(): InputCheck<input> {
  return 'as sent'
}

type RowOf<id extends OperationId> = (typeof contract)[id]

/** What any operation gets, or any of a collection. */
type BaseOf<row, input> = row extends { access: 'collection' }
  ? CollectionCall<input>
  : row extends { acts: true }
    ? ActingCall<input>
    : AuthCall<input>

/** What one operation of a collection is about. */
export interface Act {
  collection: Collection
  id?: string
  /** As the query or the body of its request would be. */
  input?: unknown
  /** In the place of the request's own: to read together with others. */
  store?: Store
}

/** A request to an operation that performs others for its caller. */
export interface ActingCall<input> extends AuthCall<input> {
  /**
   * Performs an operation of a collection as a request of the same caller would: credential, scopes, level,
   * strict quotas, use case, events. Faces of the collections go this way, so that one policy holds for all.
   */
  act: (
    operation: AnyOperation<CollectionDeps>,
    about: Act,
  ) => Promise<Result<unknown, ProblemCode>>
  /** What the check of the credential found; whether its session lives an act says. */
  authentication: Authentication
  headers: Headers
  requestId: string
  /** What the request has waited for so far, and what its reads have to see: for stores of its own. */
  trips: Trips
  sights: Sights
}

/** Who asks is known wherever the row needs an account. */
type WhoOf<row> = row extends { access: 'public' | 'collection' } | { token: string }
  ? unknown
  : { principal: Principal }

/** The decoded segments of the path. */
type SegmentsOf<row> = row extends { path: `${string}{id}${string}{key}${string}` }
  ? { id: string; key: string }
  : row extends { path: `${string}{id}${string}` }
    ? { id: string }
    : row extends { path: `${string}{provider}${string}` }
      ? { provider: string }
      : unknown

/**
 * One request as the use case of an operation gets it, computed from the operation's row: a principal
 * where the row needs an account, an `id` where the path has one, the collection of a collection's.
 */
export type Call<id extends OperationId, input = undefined> = BaseOf<RowOf<id>, input> &
  WhoOf<RowOf<id>> &
  SegmentsOf<RowOf<id>>

/** What an operation is, besides its row. */
interface Definition<id extends OperationId, input, answer, code extends ProblemCode, needs> {
  /** What it does, in a line. */
  summary: string
  /** Of the JSON body, or of the query where the operation has no body. Absent: it takes none. */
  input?: InputCheck<input>
  /** What it can fail with, besides what the gate and the endpoint can always answer. */
  problems: readonly code[]
  /**
   * The schema of its answer in the OpenAPI document; in brackets a list of them. Absent: no body, or
   * that of the collection.
   */
  answer?: string | readonly [string]
  run: (call: Call<id, input>, deps: needs) => Promise<Result<answer, NoInfer<code> | AccessCode>>
}

/** An operation: its row of the contract, and what it does. */
export interface DefinedOperation<
  id extends OperationId,
  input,
  answer,
  code extends ProblemCode,
  needs,
> extends Definition<id, input, answer, code, needs> {
  id: id
  row: RowOf<id>
}

/** An operation of any row: its use case can be called by who makes the call that its row promises. */
export interface AnyOperation<needs = never> {
  id: OperationId
  row: Operation
  summary: string
  input?: InputCheck<unknown> | undefined
  problems: readonly ProblemCode[]
  answer?: string | readonly [string]
  run: (call: never, deps: needs) => Promise<Result<unknown, ProblemCode>>
}

/**
 * Defines an operation beside its use case. A use case that fails with a problem that is not listed
 * does not compile.
 */
export function defineOperation<
  id extends OperationId,
  input = undefined,
  answer = undefined,
  const code extends ProblemCode = never,
  needs = unknown,
>(
  id: id,
  definition: Definition<id, input, answer, code, needs>,
): DefinedOperation<id, input, answer, code, needs> {
  return { id, row: contract[id], ...definition }
}
