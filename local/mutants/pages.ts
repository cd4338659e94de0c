import { type Mutant, mutant } from './mutant.ts'

/** Faults in what pages are told, and in where they lead. */
export const PAGES: readonly Mutant[] = [
  mutant(
    'returnTo leads to another site',
    'lib/client/return-to.ts',
    '(?![/\\\\])',
    '',
    'lib/client/return-to.test.ts',
  ),
  mutant(
    'a page believes a refresh token for its level',
    'lib/http/pages/viewer.ts',
    'level: undefined }',
    'level: 9 }',
    'lib/http/pages/viewer.test.ts',
  ),
  mutant(
    'a page takes an access cookie that is over',
    'lib/http/pages/viewer.ts',
    'check(deps.now())',
    'check(0)',
    'lib/http/pages/viewer.test.ts',
  ),
  mutant(
    'a curl whose quotes end too soon',
    'lib/http/pages/samples.ts',
    `text.replaceAll("'", "'\\\\''")`,
    'text',
    'lib/http/pages/samples.test.ts',
  ),
  mutant(
    'a QR code without its mask',
    'lib/client/qr-code.ts',
    '!== mask(x, y)',
    '!== false',
    'lib/client/qr-code.test.ts',
  ),
]
