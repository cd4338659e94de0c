/** The two scripts of the one algorithm that `lib/rate-limit/counter.ts` counts by. */
const SCRIPTS = ['fixedWindowLimitScript', 'fixedWindowRemainingTokensScript']
const ALGORITHMS = ['slidingWindow', 'tokenBucket', 'cachedFixedWindow']

const SCRIPT = /^var (\w+Script\d?) = `[^`]*`;\n/gm
const ALGORITHM = /^ {2}static (\w+)\([^\n]*\{\n(?:(?! {2}\}\n)[^\n]*\n)* {2}\}\n/gm
const SEVERAL_REGIONS = /^var MultiRegionRatelimit = class [^\n]*\{\n(?:(?!\};\n)[^\n]*\n)*\};\n/m

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
