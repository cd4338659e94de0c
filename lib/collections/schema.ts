import {
  _default,
  boolean,
  enum as enumeration,
  int,
  maximum,
  maxLength,
  minimum,
  minLength,
  number,
  optional,
  refine,
  regex,
  string,
} from 'zod/mini'

/**
 * The part of `zod/mini` that describes fields. A bundler keeps what is named here; handing over
 * the whole namespace would put every locale into every function.
 */
const types = {
  boolean,
  default: _default,
  enum: enumeration,
  int,
  number,
  optional,
  string,
} as const

const checks = { maximum, maxLength, minimum, minLength, refine, regex } as const

export const z = { ...types, ...checks } as const

/** What a field can be. */
export const TYPE_NAMES: readonly string[] = Object.keys(types)
