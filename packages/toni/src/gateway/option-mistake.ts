/** What is wrong with an option, as a clause behind its name, and what to write instead. */
export interface OptionMistake {
  readonly what: string
  /** One sentence. */
  readonly fix: string
}

/** Answers what is wrong with the value of one option; `undefined` when nothing is. */
export type OptionCheck = (value: unknown) => OptionMistake | undefined
