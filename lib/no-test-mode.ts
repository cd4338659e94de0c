/** Stands in for Next's test mode: no deployment uses it, and every function would carry it. */
export {}
