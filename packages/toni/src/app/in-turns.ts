import type { Clock, Timer } from "../clock.ts"

/** With how many members something is done in one turn of the event loop. */
const perTurn = 64

/**
 * Does something with each member, a share in each turn of the event loop, so that everybody else is served meanwhile;
 * the first share within this call. Cancelling it ends it early.
 */
export function inTurns<Member>(clock: Clock, members: readonly Member[], act: (member: Member) => void): Timer {
  let timer: Timer | undefined
  const share = (from: number): void => {
    const to = from + perTurn
    timer = to < members.length ? clock.after(0, () => share(to)) : undefined
    for (const member of members.slice(from, to)) act(member)
  }
  share(0)
  return { cancel: () => timer?.cancel() }
}
