import { FileFault } from './rows.ts'

/** A text, or its pieces in their order. */
export type Pieces = string | Iterable<string>

/** A text that comes in pieces: what was read of it and is not used up. */
export class TextWindow {
  text = ''
  /** Whether nothing comes behind what is there. */
  ended = false
  readonly #pieces: Iterator<string>

  constructor(pieces: Pieces) {
    this.#pieces = (typeof pieces === 'string' ? [pieces] : pieces)[Symbol.iterator]()
    this.more(0)
  }

  /**
   * Reads on, by as much again as is left: a record that spans many pieces is read a few times, and not
   * once for each of them.
   *
   * @param used Where what is not used up begins; it is the beginning from now on.
   */
  more(used: number): void {
    let text = this.text.slice(used)
    const wanted = 2 * text.length
    do {
      const { done, value } = this.#pieces.next()
      if (done === true) {
        this.ended = true
        break
      }
      text = joined(text, value)
    } while (text.length <= wanted)
    this.text = text
  }
}

function joined(text: string, piece: string): string {
  try {
    return text + piece
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new FileFault(
      'has a record that is too large to be read: look for a quote that is not closed',
    )
  }
}
