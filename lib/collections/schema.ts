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
  type output,
  refine,
  regex,
  string,
  type ZodMiniDefault,
  type ZodMiniType,
} from 'zod/mini'

/**
 * A field with a default. The default is a value and not a function: every isolate must find the same
 * value in the indexes.
 */
function withDefault<schema extends ZodMiniType<boolean | number | string>>(
  schema: schema,
  value: Exclude<output<schema>, undefined>,
): ZodMiniDefault<schema> {
  return _default(schema, value)
}

/**
 * The part of `zod/mini` that describes fields. A bundler keeps what is named here; handing over
 * the whole namespace would put every locale into every function.
 */
const types = {
  boolean,
  default: withDefault,
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
