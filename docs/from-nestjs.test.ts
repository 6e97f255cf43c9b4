import { defineModule } from "toni"
import { testApp } from "toni/testing"
import { expect, test } from "vitest"
import { EventsGateway } from "./snippets/from-nestjs/events.gateway.ts"
import { Mailer, mailModule } from "./snippets/from-nestjs/mail.module.ts"

const EventsModule = defineModule({ name: "EventsModule", providers: [EventsGateway] })

test.each([
  ['{"event":"echo","data":1}', '{"event":"echo","data":1}'],
  ['{"event":"dance"}', '{"event":"error","data":"unknown event: dance"}'],
  ['{"event":"constructor"}', '{"event":"error","data":"unknown event: constructor"}'],
  ["null", '{"event":"error","data":"unknown event: "}'],
  ["{", '{"event":"error","data":"unknown event: "}'],
  ['{"event":{}}', '{"event":"error","data":"unknown event: "}'],
  [new Uint8Array(1), '{"event":"error","data":"unknown event: "}'],
])("%s is answered with %s, and nothing is reported", async (message, answer) => {
  await using app = await testApp(EventsModule)
  const client = await app.connectRaw("/events")
  client.send(message)
  expect(await client.nextText()).toBe(answer)
  expect(app.errors).toEqual([])
})

test("an event reaches the others", async () => {
  await using app = await testApp(EventsModule)
  const ann = await app.connectRaw("/events")
  const ben = await app.connectRaw("/events")
  ann.send('{"event":"say","data":"hello"}')
  expect(await ben.nextText()).toBe('{"event":"said","data":"hello"}')
})

test("a module that takes options is a function", async () => {
  const root = defineModule({ name: "Root", imports: [mailModule({ sender: "us@example.com" })] })
  await using app = await testApp(root)
  expect(app.get(Mailer).letter("Hello")).toBe("From: us@example.com\n\nHello")
})
