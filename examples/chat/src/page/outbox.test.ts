import { expect, test } from "vitest"
import { Outbox, type Letter } from "./outbox.ts"

function outboxOf(...ids: readonly string[]) {
  let letters: readonly Letter[] = []
  const outbox = new Outbox((now) => (letters = now))
  for (const id of ids) outbox.add(id, `text of ${id}`)
  return { outbox, states: () => letters.map(({ id, state }) => `${id} ${state}`) }
}

test("what waits is sent in the order in which it was written, once per connection", () => {
  const { outbox } = outboxOf("a", "b")
  const sent: string[] = []
  const send = ({ id }: Letter) => sent.push(id) > 0

  outbox.flush(send)
  outbox.flush(send)

  expect(sent).toEqual(["a", "b"])
})

test("what could not be sent goes on waiting", () => {
  const { outbox, states } = outboxOf("a")

  outbox.flush(() => false)

  expect(states()).toEqual(["a waiting"])
})

test("what was sent on a connection that is gone waits again, unless it was repeated by the server", () => {
  const { outbox, states } = outboxOf("a", "b")
  outbox.flush(() => true)
  outbox.remove("a")

  outbox.lost()

  expect(states()).toEqual(["b waiting"])
})

test("what the server will not have is not sent again by itself, only when asked for", () => {
  const { outbox, states } = outboxOf("a")
  outbox.flush(() => true)
  outbox.fail("a", "No.")
  outbox.lost()
  const before = states()

  outbox.retry("a")

  expect(before).toEqual(["a failed"])
  expect(states()).toEqual(["a waiting"])
})

test("it is full with 50", () => {
  const { outbox } = outboxOf(...Array.from({ length: 49 }, (_, number) => String(number)))
  const before = outbox.isFull

  outbox.add("last", "text")

  expect([before, outbox.isFull]).toEqual([false, true])
})
