import { defineModule, inject, Token } from "toni"

export class Greeter {
  readonly greeting: string = "Hello"
}

export class PoliteGreeter extends Greeter {
  override readonly greeting = "Good evening"
}

// #region providers
export const Port = new Token<number>("Port")
export const Address = new Token<string>("Address")
export const Welcome = new Token<Greeter>("Welcome")

export const ProvidersModule = defineModule({
  name: "ProvidersModule",
  providers: [
    { provide: Greeter, useClass: PoliteGreeter }, // build this class
    { provide: Port, useValue: 3000 }, // take this value
    { provide: Address, useFactory: () => `localhost:${inject(Port)}` }, // call this function; it may be async
    { provide: Welcome, useExisting: Greeter }, // another name for the same instance
  ],
})
// #endregion
