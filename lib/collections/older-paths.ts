/** Paths of an API that was here before: the same operations under them, for clients that still ask there. */
export const olderPaths = {
  signIn: ['/v1/auth/signin'],
  refresh: ['/v1/auth/refresh'],
  generatePassword: ['/v1/auth/generatepassword'],
  listItems: ['/v1/{collection=books}'],
  getItem: ['/v1/{collection=books}/get/{id}'],
} as const satisfies Record<string, readonly `/${string}`[]>
