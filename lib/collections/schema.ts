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
export const z = {
  boolean,
  default: _default,
  enum: enumeration,
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
} as const
