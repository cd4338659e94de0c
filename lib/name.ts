/** What this API is called: on its pages, in its document, and in no password. `APP_NAME` says otherwise for passwords. */
export const NAME = 'Usher'
