/** Draws a bar on a terminal; elsewhere writes a line at every tenth. Goes to standard error. */
export function progressBar(label: string): (done: number, total: number) => void {
  const { stderr } = process
  let tenths = -1
  return (done, total) => {
    const share = total === 0 ? 1 : done / total
    if (stderr.isTTY) {
      const width = 30
      const full = Math.round(share * width)
      const bar = '█'.repeat(full) + '░'.repeat(width - full)
      stderr.write(`\r${label} ${bar} ${done}/${total}${done >= total ? '\n' : ''}`)
      return
    }
    if (Math.floor(share * 10) <= tenths) return
    tenths = Math.floor(share * 10)
    stderr.write(`${label} ${Math.round(share * 100)} % (${done}/${total})\n`)
  }
}
