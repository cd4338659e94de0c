/**
 * Stands in for the SHA-256 with which Next names entries of its response cache, in the functions at
 * the edge: no answer of theirs is kept there.
 */
export default function sha256(): never {
  throw new TypeError('the response cache is not part of this build')
}
