import { defineModule, inject, Token } from "toni"

// #region mail
export interface MailOptions {
  readonly sender: string
}

export const MailOptions = new Token<MailOptions>("MailOptions")

export class Mailer {
  readonly #options = inject(MailOptions)

  letter(text: string) {
    return `From: ${this.#options.sender}\n\n${text}`
  }
}

export const mailModule = (options: MailOptions) =>
  defineModule({
    name: "MailModule",
    providers: [{ provide: MailOptions, useValue: options }, Mailer],
    exports: [Mailer],
  })
// #endregion
