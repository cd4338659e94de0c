import { LETTER_PATHS } from '../../auth/accounts/letters.ts'
import { contract } from '../../contract/operations.ts'
import { htmlPage } from './html.ts'

/**
 * The page that a mail's link opens: a form, so that opening the page alone, as mail scanners do,
 * uses nothing up. The token is in the page's fragment, which no server gets to see.
 *
 * @param nonce Of the answer's content security policy.
 * @param minLength Characters of a new password at least; asked for where there is such a page.
 * @returns Undefined when there is no such page.
 */
export function accountPage(
  pathname: string,
  nonce: string,
  minLength: () => number,
): string | undefined {
  switch (pathname) {
    case LETTER_PATHS.verify:
      return formPage('Confirm your address', contract.verifyEmail.path, nonce, {
        // Asked for where the link carries no password.
        field: passwordField(minLength(), 'hidden', 'disabled'),
        button: 'Confirm',
        done: 'Your address is confirmed: you can sign in now.',
      })
    case LETTER_PATHS.reset:
      return formPage('Choose a new password', contract.resetPassword.path, nonce, {
        field: passwordField(minLength(), '', ''),
        button: 'Set the password',
        done: 'Your password is set: sign in with it. Every session has ended.',
      })
    default:
      return undefined
  }
}

function passwordField(
  minLength: number,
  paragraph: 'hidden' | '',
  input: 'disabled' | '',
): string {
  return `<p ${paragraph}><label>New password, ${minLength} characters at least
<input name="password" type="password" autocomplete="new-password" required ${input}></label></p>`
}

function formPage(
  title: string,
  path: string,
  nonce: string,
  { field, button, done }: { field: string; button: string; done: string },
): string {
  return htmlPage(
    title,
    `<h1>${title}</h1>
<form>${field}<p><button>${button}</button></p></form>
<p role="status"></p>
<p role="alert"></p>
<script nonce="${nonce}">
const form = document.querySelector('form')
const say = (role, text) => { document.querySelector('[role=' + role + ']').textContent = text }
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const body = { ...Object.fromEntries(new FormData(form)), token: new URLSearchParams(location.hash.slice(1)).get('token') ?? '' }
  const button = form.querySelector('button')
  button.disabled = true
  say('alert', '')
  try {
    const response = await fetch('${path}', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    if (response.ok) {
      form.remove()
      const ended = Number(response.headers.get('Usher-Keys-Ended') ?? 0)
      say('status', '${done}' + (ended > 0 ? ' Ended, too: ' + ended + ' API ' + (ended === 1 ? 'key.' : 'keys.') : ''))
      return
    }
    const problem = await response.json()
    const fault = problem.errors?.[0]
    const asked = form.querySelector('input:disabled')
    if (asked && fault?.pointer === '#/password') {
      asked.disabled = false
      asked.closest('p').hidden = false
      asked.focus()
      button.disabled = false
      say('alert', 'Choose the password of your account.')
      return
    }
    say('alert', problem.type === '/problems/invalid-token'
      ? 'This link was used, is too old, or is not of the newest mail. Ask for another one.'
      : fault ? 'It ' + fault.message + '.' : problem.title)
  } catch {
    say('alert', 'The server could not be reached. Try again.')
  }
  button.disabled = false
})
</script>`,
  )
}
