export class Greeter {
  welcome(): string {
    return "Welcome to the chat!"
  }
}
