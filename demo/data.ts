import type { Row } from '../seed/rows.ts'

/** The four movies that every walk through Usher begins with. */
export const MOVIES: readonly Row[] = [
  { id: 'Dr. Strangelove', director: 'Stanley Kubrick', year: 1964 },
  { id: '2001: A Space Odyssey', director: 'Stanley Kubrick', year: 1968 },
  { id: 'Pulp Fiction', director: 'Quentin Tarantino', year: 1994 },
  { id: 'Django Unchained', director: 'Quentin Tarantino', year: 2012 },
]

export const BOOKS: readonly Row[] = [
  book('dracula', 'Dracula', 'Bram Stoker', 1897),
  book('emma', 'Emma', 'Jane Austen', 1815),
  book('frankenstein', 'Frankenstein', 'Mary Shelley', 1818),
  book('jane-eyre', 'Jane Eyre', 'Charlotte Brontë', 1847),
  book('les-miserables', 'Les Misérables', 'Victor Hugo', 1862),
  book('middlemarch', 'Middlemarch', 'George Eliot', 1871),
  book('moby-dick', 'Moby-Dick', 'Herman Melville', 1851),
  book('pride-and-prejudice', 'Pride and Prejudice', 'Jane Austen', 1813),
  book('the-time-machine', 'The Time Machine', 'H. G. Wells', 1895),
  book('the-trial', 'The Trial', 'Franz Kafka', 1925),
  book('walden', 'Walden', 'Henry David Thoreau', 1854),
  book('wuthering-heights', 'Wuthering Heights', 'Emily Brontë', 1847),
]

function book(id: string, title: string, author: string, year: number): Row {
  return { id, title, author, year }
}
