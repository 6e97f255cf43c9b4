import { expect, test } from "vitest"
import { Token } from "../di/token.ts"
import { Metadata } from "./metadata.ts"

const Name = new Token<string | undefined>("Name")

test("a value is found under its token and under no other, whatever it is called", () => {
  const metadata = new Metadata()
  metadata.set(Name, "Ada")
  expect(metadata.get(Name)).toBe("Ada")
  expect(metadata.get(new Token<string>("Name"))).toBeUndefined()
})

test("the last value counts", () => {
  const metadata = new Metadata()
  metadata.set(Name, "Ada")
  metadata.set(Name, "Grace")
  expect(metadata.require(Name, "/chat")).toBe("Grace")
})

test("what has to be there and is not throws, and undefined is a value", () => {
  const metadata = new Metadata()
  expect(metadata.get(Name)).toBeUndefined()
  expect(() => metadata.require(Name, "/chat")).toThrow(expect.objectContaining({ code: "TONI_NO_METADATA" }))
  metadata.set(Name, undefined)
  expect(metadata.require(Name, "/chat")).toBeUndefined()
})

test("G15a what is no token is refused, to read and to write", () => {
  const metadata = new Metadata()
  const wrong = expect.objectContaining({ code: "TONI_BAD_ARGUMENT" })
  for (const token of [undefined, null, "Name", {}, { description: "Name" }] as unknown as (typeof Name)[]) {
    expect(() => metadata.get(token)).toThrow(wrong)
    expect(() => metadata.require(token, "/chat")).toThrow(wrong)
    expect(() => metadata.set(token, "Ada")).toThrow(wrong)
  }
})
