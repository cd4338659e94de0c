/** A hash as it is stored: the declared fields only, undefined where the hash has none. */
export type StoredFields = (string | undefined)[]
