import { expect, test } from "vitest"
import { Router } from "./router.ts"

function routes(...paths: string[]) {
  const router = new Router<string>()
  for (const path of paths) router.add(path, path)
  return (target: string) => router.find(target)?.route
}

test("G4 a static segment goes before a parameter, whichever was added first", () => {
  for (const paths of [
    ["/rooms/:room", "/rooms/lobby"],
    ["/rooms/lobby", "/rooms/:room"],
  ]) {
    const find = routes(...paths)
    expect(find("/rooms/lobby")).toBe("/rooms/lobby")
    expect(find("/rooms/kitchen")).toBe("/rooms/:room")
  }
})

test("G4 a static segment that leads nowhere does not hide the parameter beside it", () => {
  const find = routes("/a/b/x", "/a/:id/y")
  expect(find("/a/b/y")).toBe("/a/:id/y")
  expect(find("/a/b/z")).toBeUndefined()
})

test.each([
  ["/chat", "/chat/"],
  ["/chat/", "/chat"],
  ["/rooms/:room", "/rooms/a/"],
  ["/rooms/:room/", "/rooms/a"],
  ["/", "/"],
])("G4 the trailing slash does not matter: %s serves %s", (path, target) => {
  expect(routes(path)(target)).toBe(path)
})

test.each([
  ["/chat", "/"],
  ["/chat", "/chat//"],
  ["/chat", "//chat"],
  ["/chat", "/Chat"],
  ["/chat", "/chat/x"],
  ["/chat", "/chatter"],
  ["/chat", "/cha"],
  ["/chat", "/%63hat"],
  ["/chat", "/chat%2F"],
  ["/chat", "/x/../chat"],
  ["/chat", "/./chat"],
  ["/chat", "/chat;x"],
  ["/rooms/:room", "/rooms"],
  ["/rooms/:room", "/rooms/"],
  ["/rooms/:room", "/rooms//"],
  ["/rooms/:room", "/rooms/a/b"],
  ["/:a/:b/:c", "//host/chat"],
  ["/:a/:b", "/a//"],
  ["/:a", "//"],
  ["/:a", "/"],
])("G4 %s does not serve %s", (path, target) => {
  expect(routes(path)(target)).toBeUndefined()
})

test.each(["/__proto__", "/constructor", "/toString", "/hasOwnProperty"])(
  "G4 %s is a path like any other, served or not",
  (path) => {
    expect(routes("/chat")(path)).toBeUndefined()
    expect(routes(path)(path)).toBe(path)
  },
)

test("G4 an encoded slash stays inside its parameter", () => {
  const router = new Router<string>()
  router.add("/rooms/:room", "room")
  expect({ ...router.find("/rooms/a%2Fb")?.params }).toEqual({ room: "a/b" })
})

test.each(["/rooms/%", "/rooms/%E0%A4%A", "/rooms/%00", "/rooms/.."])(
  "G5a %s finds its gateway, but no parameters",
  (target) => {
    const router = new Router<string>()
    router.add("/rooms/:room", "room")
    expect(router.find(target)).toEqual({ route: "room", params: undefined })
  },
)

test("G4 a static path has an empty set of parameters", () => {
  const router = new Router<string>()
  router.add("/chat", "chat")
  expect(Object.keys(router.find("/chat")?.params ?? { none: 1 })).toEqual([])
})

test("G4 a path of 9 KB is judged at once, and found nowhere", () => {
  expect(routes("/rooms/:room", "/:a/:b/:c")(`/${"a/".repeat(4_500)}`)).toBeUndefined()
})
