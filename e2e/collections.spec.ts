import { expect, test } from '../test/support/fixtures.ts'

test.describe('GET /api/movies/{id}', () => {
  test('200 with the declared fields, by the id and by the whole key', async ({ api, store }) => {
    await store.call('HSET', 'movie:Pulp Fiction', 'budget', 'secret', 'password', 'secret')
    const { JWT } = await api.signIn()
    for (const path of ['Pulp%20Fiction', 'movie:Pulp%20Fiction', 'movie%3APulp%20Fiction']) {
      const { status, body } = await api.get(`/api/movies/${path}`, JWT)
      expect(status).toBe(200)
      expect(body).toEqual({ id: 'Pulp Fiction', director: 'Quentin Tarantino', year: 1994 })
    }
  })

  test('404 not-found for every spelling of a key outside the collection', async ({
    api,
    store,
  }) => {
    await store.call('SET', 'movie:a string', 'secret')
    await store.call('HSET', 'movie:foreign fields', 'secret', 'x')
    const { JWT } = await api.signIn()
    const paths = [
      'user:me@home.org',
      'user%3Ame%40home.org',
      'movie:user:me@home.org',
      '..%2Fuser:me@home.org',
      '%2e%2e%2fuser:me@home.org',
      'user%253Ame@home.org',
      'a%20string',
      'foreign%20fields',
      'nobody%00',
      'movie:',
      '*',
      'Pulp Fiction%0d%0aX: 1',
    ]
    for (const path of paths) {
      const answer = await api.get(`/api/movies/${path}`, JWT)
      expect(answer, path).toBeProblem('not-found')
      expect(answer.text).not.toContain('secret')
    }
    await store.call('DEL', 'movie:a string', 'movie:foreign fields')
  })

  test('a query parameter that Next would take for the path changes nothing', async ({ api }) => {
    const { JWT } = await api.signIn()
    for (const query of [
      'nxtPid=Django%20Unchained',
      'id=Django%20Unchained',
      'nxtPcollection=books',
    ]) {
      const { body } = await api.get(`/api/movies/Pulp%20Fiction?${query}`, JWT)
      expect(body.id).toBe('Pulp Fiction')
      const list = await api.get(`/api/movies?limit=1&${query.replace(/^id=.*/, '')}`, JWT)
      expect(list.body.data).toEqual([
        { id: '2001: A Space Odyssey', director: 'Stanley Kubrick', year: 1968 },
      ])
    }
  })

  test('401 without a credential, with a bad one, and in the query; 400 with two', async ({
    api,
  }) => {
    const { JWT, refresh } = await api.signIn()
    const path = '/api/movies/Pulp%20Fiction'
    const missing = await api.get(path)
    expect(missing).toBeProblem('authentication-required')
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="usher"')
    expect((await api.get(`${path}?access_token=${JWT}`)).status).toBe(401)
    const [head, claims, signature] = JWT.split('.')
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    const bad = [
      refresh,
      `${JWT}=`,
      `${JWT} `.trimEnd().slice(0, -1),
      `${none}.${claims}.`,
      `${head}.${claims}.AAAA`,
      '',
      'x',
      `${signature}`,
    ]
    for (const token of bad) {
      const answer = await api.get(path, token)
      expect(answer, token.slice(-8)).toBeProblem('invalid-token')
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    const two = await api.send(path, {
      headers: { Authorization: `Bearer ${JWT}`, 'X-API-Key': 'k' },
    })
    expect(two).toBeProblem('invalid-request')
    const key = await api.send(path, { headers: { 'X-API-Key': 'k' } })
    expect(key).toBeProblem('invalid-token')
    const named = await api.send(path, { headers: { 'X-User-Id': 'admin@home.org' } })
    expect(named).toBeProblem('authentication-required')
  })
})

test.describe('GET /api/{collection}', () => {
  test('200 with every item once, in the order of the ids bytes, through pages of any size', async ({
    api,
    store,
  }) => {
    const odd = ['Ärger', 'ärger', 'Zoo', 'a/b', 'a:b', 'é', '日本', '😀', 'ï', ' lead', '~', '"q"']
    for (const id of odd) await store.call('HSET', `movie:${id}`, 'year', '1999')
    for (let index = 0; index < 120; index++)
      await store.call('HSET', `movie:many ${index}`, 'year', '2000')
    // More keys than SCAN names at once.
    const unrelated = Array.from({ length: 2_500 }, (_, index) => [`unrelated:${index}`, 'x'])
    await store.redis.mset(Object.fromEntries(unrelated))
    const expected = ((await store.call('KEYS', 'movie:*')) as string[])
      .map((key) => key.slice('movie:'.length))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

    const { JWT } = await api.signIn()
    const pages = async (limit: number): Promise<string[]> => {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${cursor}`
        const { body, status } = await api.get(`/api/movies?limit=${limit}${query}`, JWT)
        expect(status).toBe(200)
        expect(body.data.length).toBeLessThanOrEqual(limit)
        seen.push(...body.data.map((item: { id: string }) => item.id))
        cursor = body.nextCursor
      }
      return seen
    }
    // Beyond a thousand keys what was typed is found in the background.
    await expect.poll(() => pages(100), { timeout: 30_000 }).toEqual(expected)
    for (const limit of [1, 7, 50]) expect(await pages(limit)).toEqual(expected)
    // Ids that begin with a byte order mark page on; keys that are no UTF-8 have no URL.
    const marked = ['a', 'b', 'c'].map((letter) => `\uFEFF${letter}`)
    for (const id of marked) await store.call('HSET', `movie:${id}`, 'year', '1999')
    await store.gateway.engine.call(
      ['HSET', 'movie:\xff\xfe', 'year', '1999'].map((word) => Buffer.from(word, 'latin1')),
    )
    await store.call('DEL', 'movie:many 7')
    const after = expected.filter((id) => id !== 'many 7')
    after.splice(after.indexOf('😀'), 0, ...marked)
    await expect.poll(() => pages(1), { timeout: 30_000 }).toEqual(after)

    await store.call('DEL', ...unrelated.map(([key]) => key ?? ''))
    const first = await api.get('/api/movies', JWT)
    expect(first.body.data).toHaveLength(50)
    for (const { id } of first.body.data.slice(0, 12)) {
      expect((await api.get(`/api/movies/${encodeURIComponent(id)}`, JWT)).body.id).toBe(id)
    }
  })

  test('a list whose index is not whole is 503 until it is built, and never an answer that lacks items', async ({
    api,
    store,
  }) => {
    const fillers = Array.from({ length: 2_200 }, (_, index) => `filler:${index}`)
    await store.redis.mset(Object.fromEntries(fillers.map((key) => [key, 'x'])))
    const { JWT } = await api.signIn()
    const path = '/api/movies?director=Quentin%20Tarantino'
    const list = async () =>
      (await api.get(path, JWT)).body.data?.map(({ id }: { id: string }) => id)
    await expect.poll(list, { timeout: 30_000 }).toContain('Pulp Fiction')
    const expected = await list()

    await store.call('HDEL', 'indexed:movies', 'index:movies:director')
    await store.call('HDEL', 'indexed:reviews', 'index:reviews:id')
    const refused = await api.get(path, JWT)
    expect(refused).toBeProblem('service-unavailable', {
      detail: expect.stringContaining('index:movies:director'),
    })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await api.get('/api/movies?sort=year', JWT)).status).toBe(200)
    await expect.poll(list, { timeout: 30_000 }).toEqual(expected)
    // Where nobody signs in it is built too.
    await expect
      .poll(async () => (await api.get('/api/reviews')).status, { timeout: 30_000 })
      .toBe(200)
    expect(await store.call('HGET', 'indexed:reviews', 'index:reviews:id')).toMatch(/:whole$/)
    await store.call('DEL', ...fillers)
  })

  test('a hash typed by hand is listed; a field that does not fit is left out', async ({
    api,
    store,
  }) => {
    await store.call('HSET', 'book:typed', 'title', 'OK', 'author', 'true', 'year', 'soon')
    await store.call('HSET', 'book:untitled', 'author', 'Nobody')
    const { JWT } = await api.signIn()
    const list = async () => (await api.get('/api/books?limit=100', JWT)).body.data
    // In a small keyspace at once; other tests may have made it a large one.
    await expect
      .poll(list, { timeout: 30_000 })
      .toContainEqual({ id: 'typed', title: 'OK', author: 'true' })
    const ids = (await list()).map((item: { id: string }) => item.id)
    expect(ids).not.toContain('untitled')
    expect((await api.get('/api/books/untitled')).status).toBe(404)
  })

  test('422 for a limit, a cursor or a parameter that is not of this list', async ({ api }) => {
    const { JWT } = await api.signIn()
    for (const [query, pointer] of [
      ['limit=0', '#/limit'],
      ['limit=101', '#/limit'],
      ['limit=1e1', '#/limit'],
      ['limit=5&limit=6', '#/limit'],
      ['year[gte]=1&year[gte]=2', '#/year%5Bgte%5D'],
      ['year[exists]=maybe', '#/year%5Bexists%5D'],
      ['year[ci]=1999', '#/year%5Bci%5D'],
      ['include=director', '#/include'],
      ['cursor=%2A', '#/cursor'],
      [`cursor=${Buffer.from('Alien').toString('base64url')}`, '#/cursor'],
      ['sort=title', '#/sort'],
      ['sort=year,-director,id', '#/sort'],
      ['year=soon', '#/year'],
      ['year[like]=1', '#/year%5Blike%5D'],
      ['budget=1', '#/budget'],
      ['fields=password', '#/fields'],
      ['q=%20', '#/q'],
      ['count=maybe', '#/count'],
      ['page=2', '#/page'],
    ]) {
      const answer = await api.get(`/api/movies?${query}`, JWT)
      expect(answer, query).toBeProblem('validation-error', { errors: [{ pointer }] })
    }
  })

  test('filters, orders, words, fields and a count; a cursor is of its own query alone', async ({
    api,
  }) => {
    const { JWT } = await api.signIn()
    const ask = async (query: string) => (await api.get(`/api/books?${query}`, JWT)).body
    const titles = (body: { data: { title: string }[] }) => body.data.map(({ title }) => title)
    const austen = await ask('author=Jane%20Austen&sort=-year&count=exact')
    expect(titles(austen)).toContain('Emma')
    expect(austen.count).toBe(austen.data.length)
    expect(austen.data.every(({ author }: { author: string }) => author === 'Jane Austen')).toBe(
      true,
    )
    const old = await ask('year[lt]=1850&sort=year,-title')
    const years = old.data.map(({ year }: { year: number }) => year)
    expect(years).toEqual([...years].sort((a: number, b: number) => a - b))
    expect(Math.max(...years)).toBeLessThan(1850)
    expect(titles(await ask('q=aust%20emm'))).toEqual(['Emma'])
    expect((await ask('fields=title&limit=1')).data[0]).toEqual({
      id: expect.any(String),
      title: expect.any(String),
    })
    const { nextCursor } = await ask('sort=title&limit=2')
    expect(titles(await ask(`sort=title&limit=2&cursor=${nextCursor}`))).toHaveLength(2)
    for (const query of ['sort=-title', 'sort=title&year=1815', 'q=emma', 'sort=author'])
      expect((await api.get(`/api/books?${query}&cursor=${nextCursor}`, JWT)).status).toBe(422)
  })

  test('several values, values that are none of some, without case, and there or not', async ({
    api,
    store,
  }) => {
    await store.call('HSET', 'book:yearless', 'title', 'Yearless', 'author', 'jane austen')
    const { JWT } = await api.signIn()
    const find = async (query: string): Promise<string[]> => {
      const { body } = await api.get(`/api/books?${query}`, JWT)
      return body.data?.map(({ id }: { id: string }) => id)
    }
    const patience = { timeout: 30_000 }
    // In a large keyspace what was typed is found a little later.
    await expect
      .poll(() => find('year[exists]=false&title=Yearless'), patience)
      .toEqual(['yearless'])
    expect(await find('year=1815&year=1813')).toEqual(['emma', 'pride-and-prejudice'])
    expect(await find('author[ci]=JANE%20AUSTEN')).toEqual([
      'emma',
      'pride-and-prejudice',
      'yearless',
    ])
    const others = await find('author[ne]=Bram%20Stoker&author[ne]=Jane%20Austen&year[lte]=1851')
    expect(others).toContain('jane-eyre')
    expect(others).not.toContain('emma')
    expect(await find('year[ne]=1815&author[ci]=jane%20austen')).toEqual([
      'pride-and-prejudice',
      'yearless',
    ])
    const counted = await api.get('/api/books?author[ci]=jane%20austen&count=exact&limit=1', JWT)
    expect(counted.body.count).toBe(3)
    await store.call('DEL', 'book:yearless')
  })

  test('reviews bring their films for who may get films', async ({ api, store }) => {
    const fields = ['rating', '5', 'text', 'x', 'owner', 'u_x', 'createdAt', 'x']
    await store.call('HSET', 'review:included', 'movie', 'Pulp Fiction', ...fields)
    await store.call('HSET', 'review:of nothing', 'movie', 'Nothing', ...fields)
    const { JWT } = await api.signIn()
    const film = { id: 'Pulp Fiction', director: 'Quentin Tarantino', year: 1994 }
    const one = await api.get('/api/reviews/included?include=movie', JWT)
    expect(one.body).toMatchObject({ id: 'included', included: { movies: { [film.id]: film } } })
    const nothing = await api.get('/api/reviews/of%20nothing?include=movie', JWT)
    expect(nothing.body.included).toEqual({ movies: {} })
    const stranger = await api.get('/api/reviews/included?include=movie')
    expect(stranger).toBeProblem('validation-error', { errors: [{ pointer: '#/include' }] })
    const unknown = await api.get('/api/reviews?include=text', JWT)
    expect(unknown).toBeProblem('validation-error', { errors: [{ pointer: '#/include' }] })
    await store.call('DEL', 'review:included', 'review:of nothing')
  })

  test('an ETag answers 304; what anyone may read may be kept, the rest not', async ({ api }) => {
    const { JWT } = await api.signIn()
    const emma = await api.get('/api/books/emma')
    expect(emma.headers.get('cache-control')).toBe('no-cache')
    const etag = emma.headers.get('etag') ?? ''
    for (const value of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await api.send('/api/books/emma', { headers: { 'If-None-Match': value } })
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag])
    }
    const other = await api.send('/api/books/emma?fields=title', {
      headers: { 'If-None-Match': etag },
    })
    expect(other.status).toBe(200)
    const headers = { Authorization: `Bearer ${JWT}` }
    const list = await api.send('/api/books?limit=3', { headers })
    expect(list.headers.get('cache-control')).toBe('no-store')
    const known = { ...headers, 'If-None-Match': list.headers.get('etag') ?? '' }
    expect((await api.send('/api/books?limit=3', { headers: known })).status).toBe(304)
    expect((await api.send('/api/books?limit=2', { headers: known })).status).toBe(200)
  })

  test('a read that asks for another version is 412; If-Match is judged before If-None-Match', async ({
    api,
  }) => {
    const { JWT } = await api.signIn()
    const me = { Authorization: `Bearer ${JWT}` }
    for (const path of ['/api/books/emma', '/api/books?limit=3', '/api/reviews']) {
      const etag = (await api.send(path, { headers: me })).headers.get('etag') ?? ''
      const ask = async (headers: Record<string, string>, method = 'GET') =>
        api.send(path, { method, headers: { ...me, ...headers } })
      for (const list of ['"nope"', `W/${etag}`, `"x", W/${etag}`]) {
        const answer = await ask({ 'If-Match': list })
        expect(answer, `${path} ${list}`).toBeProblem('precondition-failed')
        expect((await ask({ 'If-Match': list, 'If-None-Match': etag })).status).toBe(412)
        expect((await ask({ 'If-Match': list }, 'HEAD')).status).toBe(412)
      }
      for (const list of [etag, '*', `"x" , ${etag}`]) {
        expect((await ask({ 'If-Match': list })).status, `${path} ${list}`).toBe(200)
        expect((await ask({ 'If-Match': list, 'If-None-Match': etag })).status).toBe(304)
      }
    }
    // A condition is for what would be answered well without it (RFC 9110 13.2.1).
    expect((await api.send('/api/books/absent', { headers: { 'If-Match': '"x"' } })).status).toBe(
      404,
    )
  })

  test('books: the list needs a user, one book is public, under both paths', async ({ api }) => {
    const { JWT } = await api.signIn()
    for (const [list, get] of [
      ['/api/books', '/api/books/emma'],
      ['/v1/books', '/v1/books/get/emma'],
    ] as const) {
      expect((await api.get(list)).status).toBe(401)
      expect((await api.get(list, JWT)).body.data.length).toBeGreaterThanOrEqual(12)
      const emma = { id: 'emma', title: 'Emma', author: 'Jane Austen', year: 1815 }
      expect((await api.get(get)).body).toEqual(emma)
      expect((await api.get(get, 'an.expired.token')).body).toEqual(emma)
    }
  })
})
