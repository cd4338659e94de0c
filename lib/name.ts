/** What this API is called, where `APP_NAME` does not say otherwise: on its pages, in its document, and in no password. */
export const NAME = 'Usher'
