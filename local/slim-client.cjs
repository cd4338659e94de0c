/**
 * The commands that functions send: those of `lib/store/client/transport.ts`, and `eval` at the primary. The
 * official client has 230 others, 12 KB of gzip in each function.
 */
const USED = [
  ...['eval', 'evalRo', 'get', 'hmget', 'zscore', 'zmscore', 'zcard', 'zrange', 'dbsize', 'scan'],
]

/** A member of `Redis` or of a pipeline that makes a command, on a line of its own. */
const MEMBER = /^ {2}(\w+) = \([^\n]*\) => (?:this\.chain\()?new \w+Command\([^\n]*;\n/gm
/** Members with a body that lead to commands, to scripts of the client's own, or to search and vectors. */
const LEADING =
  /^ {2}(?:get (?:json|functions|search|vector)\(|createScript\()[^\n]*\{\n(?:(?! {2}\}\n)[^\n]*\n)* {2}\}\n/gm
/** A class or a function of the file. */
const PART =
  /^(?:var (\w+) = class\b|(?:async )?function (\w+)\()[^\n]*\{\n(?:(?!\};?\n)[^\n]*\n)*\};?\n/gm

/**
 * A Turbopack loader: takes out of `@upstash/redis` what nothing calls. A file of another shape stays as it is.
 *
 * @param {string} source
 */
module.exports = function slimClient(source) {
  const members = source
    .replace(MEMBER, (member, name) => (USED.includes(name) ? member : ''))
    .replace(LEADING, '')
  for (let before = '', text = members; ; ) {
    before = text
    text = before.replace(PART, (part, className, functionName) => {
      const isNamed = new RegExp(`\\b${className ?? functionName}\\b`)
      return isNamed.test(before.replace(part, '')) ? part : ''
    })
    if (text === before) return text
  }
}
module.exports.USED = USED
