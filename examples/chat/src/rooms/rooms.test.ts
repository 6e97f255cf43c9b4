import { expect, test } from "vitest"
import { Rooms } from "./rooms.ts"

test("of empty rooms, the 100 that emptied last keep their history", () => {
  const rooms = new Rooms()
  for (let number = 0; number <= 100; number++) {
    const room = rooms.open(`room ${number}`)
    room.say({ type: "said", id: "m1", author: { id: "a", name: "Ada" }, text: "here", at: 0 })
    rooms.tidy(`room ${number}`)
  }

  const kept = [0, 1, 100].map((number) => rooms.open(`room ${number}`).messages.length)

  expect(kept).toEqual([0, 1, 1])
})

test("a room with somebody in it is never forgotten", () => {
  const rooms = new Rooms()
  rooms.open("kitchen").enter({ id: "a", name: "Ada" })
  for (let number = 0; number < 500; number++) {
    rooms.open(`room ${number}`)
    rooms.tidy(`room ${number}`)
  }

  expect(rooms.open("kitchen").people).toEqual([{ id: "a", name: "Ada" }])
  expect(rooms.size).toBe(101)
})
