/**
 * A cell that says a number or a truth value in another spelling than JSON: `.078`, `+5`, `7.`, `TRUE`. The
 * same value, as it is stored.
 *
 * @returns Undefined for what is none in any spelling.
 */
export function spelled(text: string, kind: 'number' | 'boolean'): string | undefined {
  if (kind === 'boolean') return /^(true|false)$/i.test(text) ? text.toLowerCase() : undefined
  const [, sign = '', whole = '', fraction = '', exponent = ''] = OTHER_NUMBER.exec(text) ?? []
  if (whole === '' && fraction === '') return undefined
  return `${sign === '-' ? '-' : ''}${whole || '0'}${fraction && `.${fraction}`}${exponent}`
}

/** Zeros in front are no other spelling: they say that it is a code. */
const OTHER_NUMBER = /^([+-]?)(0|[1-9]\d*|)(?:\.(\d*))?([eE][+-]?\d+)?$/
