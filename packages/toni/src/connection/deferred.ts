/** A promise that somebody else resolves; made when it is first waited for. */
export class Deferred<T> {
  resolve!: (value: T) => void
  readonly promise: Promise<T> = new Promise<T>((resolve) => (this.resolve = resolve))
}
