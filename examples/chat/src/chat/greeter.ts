export class Greeter {
  welcome(): string {
    return "Welcome to the chat!"
  }

  answer(text: string): string {
    return `You said: ${text}`
  }
}
