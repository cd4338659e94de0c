/**
 * Runs a check across fields of any object, even where one field alone is faulty, so that one
 * answer names every place. The check must bear fields of any type.
 */
export function isObject({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null
}
