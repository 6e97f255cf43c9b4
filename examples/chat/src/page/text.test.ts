import { expect, test } from "vitest"
import { initialsOf, listNames, splitLinks } from "./text.ts"

test("a web address in a text becomes a link, without the punctuation behind it", () => {
  expect(splitLinks("See https://example.org/a?b=c, or (http://example.org).")).toEqual([
    { text: "See " },
    { text: "https://example.org/a?b=c", href: "https://example.org/a?b=c" },
    { text: ", or (" },
    { text: "http://example.org", href: "http://example.org/" },
    { text: ")." },
  ])
})

test.for(["javascript:alert(1)", "data:text/html,x", "https://", "xhttps://a", "<b>bold</b>"])(
  "%s is no link",
  (text) => {
    expect(splitLinks(text)).toEqual([{ text }])
  },
)

test.for([
  ["Ada Lovelace", "AL"],
  ["grace", "G"],
  ["ada.lovelace", "AL"],
  ["🇬🇧 Queen", "🇬🇧Q"],
  ["---", "-"],
] as const)("the initials of %s are %s", ([name, initials]) => {
  expect(initialsOf(name)).toBe(initials)
})

test.for([
  [["Ada"], "Ada"],
  [["Ada", "Grace"], "Ada and Grace"],
  [["Ada", "Grace", "Alan"], "Ada, Grace and Alan"],
  [["Ada", "Grace", "Alan", "Tim"], "Ada, Grace and 2 others"],
] as const)("%j is read as %s", ([names, text]) => {
  expect(listNames(names)).toBe(text)
})
