import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { ByteReader, FileFault } from './bytes.ts'
import { FileComposer, FileReader } from './file.ts'
import { verify } from './folder.ts'
import { decodePiece, encodePiece, type Piece } from './pieces.ts'

const BYTES = Buffer.from([0, 255, 10, 128])
const HEAD = { created: '2026-11-26T10:00:00.000Z', source: 'a test' }
const ID = { ms: 1n, seq: 2n ** 64n - 1n }

/** One of each type, with all that a type can have. */
const PIECES: Piece[] = [
  { type: 'string' as const, value: BYTES },
  { type: 'list' as const, values: [BYTES, Buffer.alloc(0)] },
  { type: 'set' as const, members: [BYTES] },
  {
    type: 'hash' as const,
    fields: [
      { field: BYTES, value: BYTES, expiresAt: undefined },
      { field: Buffer.alloc(0), value: Buffer.alloc(0), expiresAt: 1_795_718_587_518 },
    ],
  },
  {
    type: 'zset' as const,
    members: [-0.1, Number.POSITIVE_INFINITY, -0].map((score) => ({ member: BYTES, score })),
  },
  {
    type: 'stream' as const,
    entries: [{ id: ID, fields: [BYTES, BYTES] }],
    state: {
      lastId: ID,
      maxDeletedId: { ms: 0n, seq: 0n },
      entriesAdded: 3n,
      groups: [
        {
          name: BYTES,
          lastDeliveredId: ID,
          entriesRead: undefined,
          consumers: [
            { name: BYTES, seenAt: 5, activeAt: undefined },
            { name: BYTES, seenAt: 5, activeAt: 6 },
          ],
          pending: [{ id: ID, consumer: BYTES, deliveredAt: 7, deliveryCount: 8 }],
        },
        { name: BYTES, lastDeliveredId: ID, entriesRead: 1n, consumers: [], pending: [] },
      ],
    },
  },
].map((content, index) => ({
  key: Buffer.from([0, index]),
  expiresAt: index % 2 === 0 ? undefined : 1_795_718_587_518,
  first: true,
  last: true,
  content,
}))

let folder: string
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-file-'))
})
test.afterEach(() => rm(folder, { recursive: true }))

const path = (): string => join(folder, 'file')

async function write(pieces: readonly Piece[], change = (bytes: Buffer): Buffer => bytes) {
  const composer = new FileComposer()
  const parts = [composer.head(HEAD)]
  for (const piece of pieces) {
    parts.push(composer.add(encodePiece(piece), piece.last) ?? Buffer.alloc(0))
    parts.push(composer.flush() ?? Buffer.alloc(0))
  }
  parts.push(composer.end())
  await writeFile(path(), change(Buffer.concat(parts)))
}

async function read(): Promise<Piece[]> {
  const reader = await FileReader.open(path())
  try {
    const pieces: Piece[] = []
    for (let block = await reader.next(); block !== undefined; block = await reader.next()) {
      pieces.push(...block.pieces)
    }
    return pieces
  } finally {
    await reader.close()
  }
}

test('pieces of every type come back as they were', async () => {
  await write(PIECES)
  expect(await read()).toEqual(PIECES)
  expect(await verify(path())).toMatchObject({ head: HEAD, keys: PIECES.length })
})

test('a file without keys is whole', async () => {
  await write([])
  expect(await read()).toEqual([])
})

test('a file that ends anywhere, or in which any byte is another, is no file', async () => {
  await write(PIECES)
  const whole = await readFile(path())
  for (let at = 0; at < whole.length; at++) {
    await writeFile(path(), whole.subarray(0, at))
    // An `expect` takes longer than what it looks at.
    await assert.rejects(verify(path()), FileFault, `${at} bytes of it`)
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 0x40
    await writeFile(path(), changed)
    await assert.rejects(verify(path()), FileFault, `another byte ${at}`)
  }
})

test('what follows the end, is missing, or is in another order is noticed', async () => {
  await write(PIECES, (bytes) => Buffer.concat([bytes, Buffer.from('x')]))
  await expect(verify(path())).rejects.toThrow('something follows its end')
  const blockOf = (piece: Piece): number => 5 + encodePiece(piece).length + 32
  const [one, two] = PIECES.slice(-2).map(blockOf)
  const end = 5 + 8 + 32
  await write(PIECES, (bytes) => {
    const at = bytes.length - end - (one ?? 0) - (two ?? 0)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + (one ?? 0))])
  })
  await expect(verify(path())).rejects.toThrow('a block is damaged')
  await write(PIECES, (bytes) => {
    const at = bytes.length - end - (one ?? 0) - (two ?? 0)
    const [first, second] = [bytes.subarray(at, at + (one ?? 0)), bytes.subarray(at + (one ?? 0))]
    return Buffer.concat([
      bytes.subarray(0, at),
      second.subarray(0, two),
      first,
      second.subarray(two),
    ])
  })
  await expect(verify(path())).rejects.toThrow('a block is damaged')
})

test('a key of which a piece is missing is noticed', async () => {
  const [piece] = PIECES
  if (piece === undefined) throw new TypeError()
  const begun = { ...piece, last: false }
  const other = { ...piece, key: Buffer.from('other') }
  for (const pieces of [[begun], [begun, other], [{ ...piece, first: false }]]) {
    await write(pieces)
    await expect(verify(path())).rejects.toThrow(/key/)
  }
  const more = { ...piece, first: false }
  await write([begun, more])
  expect(await read()).toEqual([begun, more])
})

test('another version and foreign files are told apart', async () => {
  await write(PIECES, (bytes) => {
    bytes.writeUInt32LE(2, 8)
    return bytes
  })
  await expect(verify(path())).rejects.toThrow('its format is 2, not 1')
  await writeFile(path(), 'REDIS0011 and more, so that it has the length of a head')
  await expect(verify(path())).rejects.toThrow('it is no file of a store')
  await writeFile(path(), '')
  await expect(verify(path())).rejects.toThrow('it is empty')
})

test('a count that promises more than there is costs nothing', () => {
  const [, list] = PIECES
  if (list === undefined) throw new TypeError()
  const bytes = encodePiece(list)
  bytes.writeUInt32LE(0xffff_ffff, bytes.length - 4 - 4 - BYTES.length - 4)
  expect(() => decodePiece(new ByteReader(bytes))).toThrow(FileFault)
})
