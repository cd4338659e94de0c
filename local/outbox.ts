import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { Mail } from '../lib/mail.ts'

export const OUTBOX_SENDER = 'Usher <usher@localhost>'

/**
 * Starts a mail service on the loopback address that prints every mail, and writes its address into
 * the variables, unless they name a service already.
 */
export async function openOutbox(
  variables: NodeJS.ProcessEnv,
  print: (text: string) => void,
): Promise<void> {
  if (variables['MAIL_API_URL']) return
  const key = randomBytes(24).toString('base64url')
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${key}`) {
      response.writeHead(401).end()
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const mail: Mail = JSON.parse(Buffer.concat(chunks).toString())
      print(`\nMail to ${mail.to}: ${mail.subject}\n\n${mail.text.replace(/^/gm, '  ')}`)
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"id":"outbox"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It ends with the process and keeps none alive.
  server.unref()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  variables['MAIL_API_URL'] = `http://127.0.0.1:${address.port}/emails`
  variables['MAIL_API_KEY'] = key
  variables['MAIL_FROM'] = OUTBOX_SENDER
}
