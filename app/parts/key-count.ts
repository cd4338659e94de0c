/** How many API keys ended or were left with a password, as `1 API key`, by what the answer says; '' for none. */
export function keyCount(headers: Headers, became: 'Ended' | 'Left'): string {
  const count = Number(headers.get(`Usher-Keys-${became}`) ?? 0)
  return count === 0 ? '' : `${count} API ${count === 1 ? 'key' : 'keys'}`
}
