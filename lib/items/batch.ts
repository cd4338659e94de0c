import * as z from 'zod/mini'
import { ACTS, type Act } from '../collections/define.ts'
import {
  type Failure,
  fail,
  type InputFault,
  ok,
  type ProblemDocument,
  type Result,
} from '../contract/problems.ts'
import { asSent, defineOperation } from '../operation.ts'
import { MOST_FAULTS, pointer, validate } from '../validation.ts'
import { settle, type Want, type WriteCode } from './change.ts'
import type { Item } from './item.ts'
import type { CollectionCall, CollectionDeps } from './types.ts'
import { creation, deletion, merging } from './wants.ts'

/** An act of nobody may be refused for that, where the request was not. */
type ActCode = WriteCode | 'authentication-required'

/** What one request changes at most. */
export const MOST_ACTS = 100
/** So many acts count as one change. */
const ACTS_A_WRITE = 10

/** What became of one act: what the operation for it alone would have answered. */
export type ActResult =
  | { status: 200 | 201; item: Item }
  | { status: 204 }
  | { status: number; problem: ProblemDocument }

/**
 * Makes up to a hundred changes, each by itself: one that fails stops no other.
 *
 * @returns The results in the order of the acts. `insufficient-scope` when the caller may do none of them;
 *   `validation-error` for what is no list of acts, and then nothing is done.
 */
export const batchItems = defineOperation('batchItems', {
  summary: 'Make up to a hundred changes, each by itself',
  input: asSent<unknown>(),
  problems: [
    'validation-error',
    'not-found',
    'authentication-required',
    'insufficient-scope',
    'quota-exceeded',
  ],
  run: async (call, deps: CollectionDeps) => {
    const acts = parseActs(call.input)
    if (!acts.ok) return acts
    const { collection } = call
    // The request itself has been counted as one.
    const more = Math.ceil(acts.value.length / ACTS_A_WRITE) - 1
    const denied = more > 0 ? await call.countMore(more) : undefined
    if (denied !== undefined) return denied
    const allowed = new Set(ACTS.filter((act) => call.may(act, collection)))
    const refusal = (act: Act): Failure<'insufficient-scope' | 'authentication-required'> =>
      call.principal === undefined
        ? fail('authentication-required', `nobody may not ${act}`)
        : fail('insufficient-scope', `may not ${act}`, {
            detail: `This request may not ${act} ${collection.name}.`,
          })
    const [first] = acts.value
    if (first !== undefined && !acts.value.some(({ op }) => allowed.has(op)))
      return refusal(first.op)

    const by = { ...call, conditions: { ifMatch: null, ifNoneMatch: null, idempotencyKey: null } }
    const wants = acts.value.map((act) =>
      allowed.has(act.op) ? wantOf(by, deps, act) : refusal(act.op),
    )
    const settled = await settleInOrder(by, deps, wants)
    return ok({
      results: settled.map((result, index): ActResult => {
        if (!result.ok) {
          const problem = call.documentOf(result)
          return { status: problem.status, problem }
        }
        if (acts.value[index]?.op === 'delete') return { status: 204 }
        return { status: result.status === 201 ? 201 : 200, item: result.value }
      }),
    })
  },
})

function wantOf(
  call: CollectionCall<unknown>,
  deps: CollectionDeps,
  act: ParsedAct,
): Want | Failure<WriteCode> {
  switch (act.op) {
    case 'create': {
      const made = creation(call, deps, act.item)
      return made.ok ? made.value : made
    }
    case 'update':
      return merging(call, deps, act.id, act.patch)
    case 'delete':
      return deletion(call, act.id)
  }
}

/**
 * Makes changes one after the other, as far as that can be told: those of different items go together, and one of an item that
 * another is about waits for that one.
 */
async function settleInOrder(
  call: CollectionCall<unknown>,
  deps: CollectionDeps,
  wants: readonly (Want | Failure<ActCode>)[],
): Promise<Result<Item, ActCode>[]> {
  const results = new Map<number, Result<Item, ActCode>>()
  let round = new Map<string, { want: Want; index: number }>()
  const settleRound = async (): Promise<void> => {
    const all = [...round.values()]
    const settled = await settle(
      call,
      deps,
      all.map(({ want }) => want),
    )
    for (const [at, { index }] of all.entries()) results.set(index, settled[at] ?? OVERTAKEN)
    round = new Map()
  }
  for (const [index, want] of wants.entries()) {
    if ('ok' in want) {
      results.set(index, want)
      continue
    }
    if (round.has(want.id)) await settleRound()
    round.set(want.id, { want, index })
  }
  if (round.size > 0) await settleRound()
  return wants.map((_, index) => results.get(index) ?? OVERTAKEN)
}

const OVERTAKEN = fail('service-unavailable', 'overtaken again and again')

type ParsedAct = z.output<(typeof FORMS)[Act]>

const given = z.unknown().check(z.refine((value) => value !== undefined, { error: 'is required' }))
const op = <const act extends Act>(act: act) => z.enum([act])
/** What an act has. */
const FORMS = {
  create: z.strictObject({ op: op('create'), item: given }),
  update: z.strictObject({ op: op('update'), id: z.string(), patch: given }),
  delete: z.strictObject({ op: op('delete'), id: z.string() }),
}
const OP = z.object({ op: z.enum(ACTS) })
const BODY = z.strictObject({
  acts: z.array(z.unknown()).check(z.minLength(1), z.maxLength(MOST_ACTS)),
})

function parseActs(body: unknown): Result<ParsedAct[], 'validation-error'> {
  const list = validate(BODY, body)
  if (!list.ok) return list
  const faults: InputFault[] = []
  const acts = list.value.acts.flatMap((act, index): ParsedAct[] => {
    const kind = validate(OP, act)
    const parsed = kind.ok ? validate(FORMS[kind.value.op], act) : kind
    if (parsed.ok) return [parsed.value]
    const at = pointer(['acts', index])
    for (const fault of parsed.errors ?? [])
      faults.push({ ...fault, pointer: `${at}${fault.pointer.slice(1)}` })
    return []
  })
  if (faults.length === 0) return ok(acts)
  const errors = faults.slice(0, MOST_FAULTS)
  return fail('validation-error', `${faults.length} faults`, { errors })
}
