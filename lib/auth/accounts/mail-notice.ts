/** A person looks into the mail, whatever it says, and whether or not there is one. */
export interface MailNotice {
  message: string
}

export const MAIL_NOTICE: MailNotice = {
  message: 'If this address can use it, a mail is on its way.',
}
