/** The two scripts of the one algorithm that `lib/rate-limit/counter.ts` counts by. */
const SCRIPTS = ['fixedWindowLimitScript', 'fixedWindowRemainingTokensScript']
const ALGORITHMS = ['slidingWindow', 'tokenBucket', 'cachedFixedWindow']

const SCRIPT = /^var (\w+Script\d?) = `[^`]*`;\n/gm
const ALGORITHM = /^ {2}static (\w+)\([^\n]*\{\n(?:(?! {2}\}\n)[^\n]*\n)* {2}\}\n/gm
const SEVERAL_REGIONS = /^var MultiRegionRatelimit = class [^\n]*\{\n(?:(?!\};\n)[^\n]*\n)*\};\n/m

/** What writes down each decision for a dashboard: off, and the store's commands are counted. */
const ANALYTICS = /^var Analytics = class [^\n]*\{\n(?:(?!\};\n)[^\n]*\n)*\};\n/m
const SUBMITTING = /^ {2}submitAnalytics = \((\w+)[^\n]*\{\n(?:(?! {2}\};\n)[^\n]*\n)* {2}\};\n/m

/**
 * A Turbopack loader: takes out of `@upstash/ratelimit` what nothing calls. A file of another shape stays as it is.
 *
 * @param {string} source
 */
module.exports = (source) =>
  source
    .replace(SCRIPT, (script, name) => (SCRIPTS.includes(name) ? script : `var ${name} = '';\n`))
    .replace(ALGORITHM, (method, name) => (ALGORITHMS.includes(name) ? '' : method))
    .replace(SEVERAL_REGIONS, 'var MultiRegionRatelimit;\n')
    .replace(ANALYTICS, 'var Analytics;\n')
    .replace(SUBMITTING, '  submitAnalytics = ($1) => $1;\n')
